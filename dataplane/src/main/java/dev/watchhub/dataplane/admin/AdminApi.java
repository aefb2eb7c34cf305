package dev.watchhub.dataplane.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.client.ModeStatus;
import dev.watchhub.client.SwitchRefusedException;
import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.proxy.NodeHealth;
import dev.watchhub.dataplane.proxy.ProxyCounts;
import dev.watchhub.dataplane.routes.RefusedRoute;
import dev.watchhub.dataplane.routes.RoutablePath;
import dev.watchhub.dataplane.routes.Route;
import dev.watchhub.dataplane.routes.RouteFollower;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.dataplane.routes.Shadowed;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestBody;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Answers questions about a data plane, of which only the watch mode can be changed. Any thread.
 */
public final class AdminApi {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final int MAX_BODY_BYTES = 1000;

  private final SwitchableWatcher watcher;
  private final RouteFollower follower;
  private final ProxyCounts counts;
  private final NodeHealth health;

  /** Tells about these. */
  public AdminApi(
      SwitchableWatcher watcher, RouteFollower follower, ProxyCounts counts, NodeHealth health) {
    this.health = health;
    this.watcher = watcher;
    this.follower = follower;
    this.counts = counts;
  }

  /** Adds its paths to a server. */
  public void addTo(JavalinConfig config) {
    HttpServer.get(config.routes, "/routes", this::routes);
    HttpServer.get(config.routes, "/match", this::match);
    HttpServer.get(config.routes, "/status", this::status);
    HttpServer.get(config.routes, "/watch-mode", this::watchMode);
    config.routes.put("/watch-mode", this::setWatchMode);
    HttpServer.get(config.routes, "/healthz", context -> answer(context, Map.of("status", "ok")));
    HttpServer.get(config.routes, "/readyz", this::ready);
  }

  private void routes(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    List<Map<String, Object>> items =
        follower.image().table().routes().stream()
            .sorted(Comparator.comparing(Route::key))
            .map(AdminApi::fields)
            .toList();
    answer(context, Map.of("items", items));
  }

  private void match(Context context) {
    QueryParameters query =
        QueryParameters.parse(context.queryString(), Set.of("path", "host", "method"));
    RoutablePath path = RoutablePath.of(query.text("path").orElseThrow(AdminApi::noPath));
    String host = query.text("host").orElse("");
    String method = query.text("method").orElse("GET").toUpperCase(Locale.ROOT);
    Optional<Route> route = follower.image().table().find(host, path.matched(), method);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("path", path.matched());
    fields.put("forwardedPath", path.forwarded());
    fields.put("host", host);
    fields.put("method", method);
    fields.put("route", route.map(AdminApi::fields).orElse(null));
    answer(context, fields);
  }

  private void status(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    RouteImage image = follower.image();
    Map<String, Object> applied = new LinkedHashMap<>();
    applied.put("snapshots", image.snapshots());
    applied.put("commits", image.commits());
    applied.put("changes", image.changes());
    applied.put("lastAt", Objects.toString(image.appliedAt(), null));
    applied.put(
        "position",
        image.reached() == null ? null : Objects.toString(image.reached().position(), null));
    Map<String, Object> requests = new LinkedHashMap<>();
    requests.put("total", counts.requests());
    requests.put("unrouted", counts.unrouted());
    requests.put("upstreamFailed", counts.failed());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("ready", image.isKnown());
    ModeStatus mode = watcher.mode();
    fields.put("watchMode", mode.mode().word());
    fields.put("fallback", mode.isFallback());
    fields.put("watchModeSince", mode.since().toString());
    fields.put("watcher", watcherFields());
    fields.put("applied", applied);
    fields.put("routes", image.table().routes().size());
    fields.put("refused", refused(image));
    fields.put("shadowed", shadowed(image));
    fields.put("setAside", health.setAside());
    fields.put("requests", requests);
    answer(context, fields);
  }

  private void watchMode(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    answer(context, Map.of("mode", watcher.mode().mode().word()));
  }

  private void setWatchMode(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    try {
      watcher.switchTo(asked(RequestBody.text(context, MAX_BODY_BYTES)));
    } catch (SwitchRefusedException e) {
      throw new ProblemException(
          switch (e.reason()) {
            case UNREACHABLE -> new Problem(503, String.valueOf(e.getMessage()));
            case CONFLICT -> new Problem(409, String.valueOf(e.getMessage()));
          });
    }
    answer(context, Map.of("mode", watcher.mode().mode().word()));
  }

  private static WatchMode asked(String body) {
    try {
      JsonNode json = MAPPER.readTree(body);
      if (json.isObject() && json.size() == 1) {
        Optional<WatchMode> mode =
            Optional.ofNullable(json.path("mode").textValue()).flatMap(WatchMode::of);
        if (mode.isPresent()) {
          return mode.get();
        }
      }
    } catch (JsonProcessingException e) {
      // Falls through to the same answer: what was expected is one of two bodies.
    }
    throw new ProblemException(
        Problem.badField(
            "mode", "expected the body {\"mode\":\"replication\"} or {\"mode\":\"notify\"}"));
  }

  private void ready(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    if (follower.image().isKnown()) {
      answer(context, Map.of("status", "ready"));
    } else {
      context.header("Retry-After", "1");
      HttpServer.answer(
          context, new Problem(503, "the routes are not known yet: " + follower.status().detail()));
    }
  }

  private Map<String, Object> watcherFields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("state", follower.status().state().name().toLowerCase(Locale.ROOT));
    fields.put("detail", follower.status().detail());
    return fields;
  }

  private static List<Map<String, Object>> refused(RouteImage image) {
    return image.refused().stream()
        .sorted(Comparator.comparing(RefusedRoute::key))
        .map(refused -> fields(refused, image))
        .toList();
  }

  private static List<Map<String, Object>> shadowed(RouteImage image) {
    return image.table().shadowed().values().stream()
        .sorted(Comparator.comparing(Shadowed::key))
        .map(
            loser -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              fields.put("key", loser.key());
              Map<String, Object> by = new TreeMap<>();
              loser.winners().forEach((key, methods) -> by.put(key, new TreeSet<>(methods)));
              fields.put("by", by);
              return fields;
            })
        .toList();
  }

  private static Map<String, Object> fields(RefusedRoute refused, RouteImage image) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", refused.key());
    fields.put("revision", refused.revision());
    fields.put("reason", refused.reason());
    fields.put(
        "servedRevision", image.table().route(refused.key()).map(Route::revision).orElse(null));
    return fields;
  }

  private static Map<String, Object> fields(Route route) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", route.key());
    fields.put("revision", route.revision());
    fields.put("uri", route.uri());
    if (!route.host().isEmpty()) {
      fields.put("host", route.host());
    }
    if (!route.methods().isEmpty()) {
      fields.put("methods", new TreeSet<>(route.methods()));
    }
    fields.put("upstream", route.upstream().text());
    return fields;
  }

  private static ProblemException noPath() {
    return new ProblemException(
        Problem.badField(
            "path", "the parameter 'path' is missing: expected the path of a request"));
  }

  private static void answer(Context context, Map<String, Object> fields) {
    try {
      context.contentType("application/json").result(MAPPER.writeValueAsString(fields) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that is no JSON", e);
    }
  }
}
