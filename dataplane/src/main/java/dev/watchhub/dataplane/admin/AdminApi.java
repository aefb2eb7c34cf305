package dev.watchhub.dataplane.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.client.SwitchRefusedException;
import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.metrics.PlaneMetrics;
import dev.watchhub.dataplane.proxy.NodeHealth;
import dev.watchhub.dataplane.proxy.ProxyCounts;
import dev.watchhub.dataplane.routes.RouteFollower;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestBody;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Answers questions about a data plane, of which only the watch mode can be changed. Any thread.
 */
public final class AdminApi {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final int MAX_BODY_BYTES = 1000;
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final SwitchableWatcher watcher;
  private final RouteFollower follower;
  private final PlaneMetrics metrics;
  private final RouteCalls routes;
  private final StatusCalls status;

  /** Tells about these. */
  public AdminApi(
      Self self,
      SwitchableWatcher watcher,
      RouteFollower follower,
      ProxyCounts counts,
      NodeHealth health,
      PlaneMetrics metrics) {
    this.watcher = watcher;
    this.follower = follower;
    this.metrics = metrics;
    routes = new RouteCalls(follower);
    status = new StatusCalls(self, watcher, follower, counts, health, InstantSource.system());
  }

  /** Adds its paths to a server. */
  public void addTo(JavalinConfig config) {
    routes.addTo(config.routes);
    status.addTo(config.routes);
    HttpServer.get(config.routes, "/watch-mode", this::watchMode);
    config.routes.put("/watch-mode", this::setWatchMode);
    HttpServer.get(
        config.routes,
        "/metrics",
        context -> context.contentType(METRICS).result(metrics.text(follower)));
    HttpServer.get(
        config.routes, "/healthz", context -> Json.answer(context, Map.of("status", "ok")));
    HttpServer.get(config.routes, "/readyz", this::ready);
  }

  private void watchMode(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    Json.answer(context, Map.of("mode", watcher.mode().mode().word()));
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
    Json.answer(context, Map.of("mode", watcher.mode().mode().word()));
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
      Json.answer(context, Map.of("status", "ready"));
    } else {
      context.header("Retry-After", "1");
      HttpServer.answer(
          context, new Problem(503, "the routes are not known yet: " + follower.status().detail()));
    }
  }
}
