package dev.watchhub.dataplane.admin;

import dev.watchhub.client.ModeStatus;
import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.dataplane.proxy.NodeHealth;
import dev.watchhub.dataplane.proxy.ProxyCounts;
import dev.watchhub.dataplane.routes.RefusedValue;
import dev.watchhub.dataplane.routes.RouteFollower;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.dataplane.routes.Shadowed;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.QueryParameters;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How a data plane stands. Any thread. */
final class StatusCalls {
  private final Self self;
  private final SwitchableWatcher watcher;
  private final RouteFollower follower;
  private final ProxyCounts counts;
  private final NodeHealth health;
  private final InstantSource clock;

  StatusCalls(
      Self self,
      SwitchableWatcher watcher,
      RouteFollower follower,
      ProxyCounts counts,
      NodeHealth health,
      InstantSource clock) {
    this.self = self;
    this.watcher = watcher;
    this.follower = follower;
    this.counts = counts;
    this.health = health;
    this.clock = clock;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/status", this::status);
  }

  private void status(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    RouteImage image = follower.image();
    ModeStatus mode = watcher.mode();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("node", self.node());
    fields.put("version", self.version());
    fields.put("startedAt", self.startedAt().toString());
    fields.put("ready", image.isKnown());
    fields.put("watchMode", mode.mode().word());
    fields.put("fallback", mode.isFallback());
    fields.put("watchModeSince", mode.since().toString());
    fields.put("watcher", watcherFields());
    fields.put("configuration", configuration(image));
    fields.put("applied", applied(image));
    fields.put("routes", image.table().routes().size());
    fields.put("upstreams", image.upstreams().upstreams().size());
    fields.put("refused", refused(image));
    fields.put("shadowed", shadowed(image));
    fields.put("setAside", health.setAside());
    fields.put("requests", requests());
    Json.answer(context, fields);
  }

  private Map<String, Object> watcherFields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("state", follower.status().state().name().toLowerCase(Locale.ROOT));
    fields.put("detail", follower.status().detail());
    return fields;
  }

  private Map<String, Object> configuration(RouteImage image) {
    Instant currentAt = image.currentAt();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("source", image.isSynced() ? "watch" : image.isKnown() ? "file" : null);
    fields.put("stale", image.isKnown() && !image.isSynced());
    fields.put("currentAt", Objects.toString(currentAt, null));
    fields.put(
        "ageMillis",
        currentAt == null ? null : Duration.between(currentAt, clock.instant()).toMillis());
    return fields;
  }

  private static Map<String, Object> applied(RouteImage image) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("snapshots", image.snapshots());
    fields.put("commits", image.commits());
    fields.put("changes", image.changes());
    fields.put("lastAt", Objects.toString(image.appliedAt(), null));
    fields.put(
        "position",
        image.reached() == null ? null : Objects.toString(image.reached().position(), null));
    return fields;
  }

  private Map<String, Object> requests() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("total", counts.requests());
    fields.put("unrouted", counts.unrouted());
    fields.put("upstreamFailed", counts.failed());
    fields.put("retried", counts.retried());
    return fields;
  }

  private static List<Map<String, Object>> refused(RouteImage image) {
    return image.refused().stream()
        .sorted(Comparator.comparing(RefusedValue::key))
        .map(refused -> fields(refused, image))
        .toList();
  }

  private static Map<String, Object> fields(RefusedValue refused, RouteImage image) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", refused.key());
    fields.put("revision", refused.revision());
    fields.put("reason", refused.reason());
    fields.put("servedRevision", image.servedRevision(refused.key()).orElse(null));
    return fields;
  }

  private static List<Map<String, Object>> shadowed(RouteImage image) {
    return image.table().shadowed().values().stream()
        .sorted(Comparator.comparing(Shadowed::key))
        .map(StatusCalls::fields)
        .toList();
  }

  private static Map<String, Object> fields(Shadowed loser) {
    Map<String, Object> by = new TreeMap<>();
    loser.winners().forEach((key, methods) -> by.put(key, new TreeSet<>(methods)));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", loser.key());
    fields.put("by", by);
    return fields;
  }
}
