package dev.watchhub.dataplane.admin;

import dev.watchhub.dataplane.routes.Considered;
import dev.watchhub.dataplane.routes.Forwarding;
import dev.watchhub.dataplane.routes.RoutablePath;
import dev.watchhub.dataplane.routes.Route;
import dev.watchhub.dataplane.routes.RouteFollower;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.dataplane.routes.RouteTable;
import dev.watchhub.dataplane.routes.Upstream;
import dev.watchhub.dataplane.routes.UpstreamRef;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which routes there are, and which one a request would take. Any thread. */
final class RouteCalls {
  private static final int MAX_CONSIDERED = 20;

  private final RouteFollower follower;

  RouteCalls(RouteFollower follower) {
    this.follower = follower;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/routes", this::routes);
    HttpServer.get(routes, "/match", this::match);
  }

  private void routes(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    RouteImage image = follower.image();
    List<Map<String, Object>> items =
        image.table().routes().stream()
            .sorted(Comparator.comparing(Route::key))
            .map(route -> fields(route, image))
            .toList();
    Json.answer(context, Map.of("items", items));
  }

  private void match(Context context) {
    QueryParameters query =
        QueryParameters.parse(context.queryString(), Set.of("path", "host", "method"));
    RoutablePath path = RoutablePath.of(query.text("path").orElseThrow(RouteCalls::noPath));
    String host = query.text("host").orElse("");
    String method = query.text("method").orElse("GET").toUpperCase(Locale.ROOT);
    RouteImage image = follower.image();
    RouteTable table = image.table();
    Optional<Route> route = table.find(host, path.matched(), method);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("path", path.matched());
    fields.put(
        "forwardedPath", route.map(taken -> taken.forwardedPath(path)).orElse(path.forwarded()));
    fields.put("host", host);
    fields.put("method", method);
    fields.put("route", route.map(taken -> fields(taken, image)).orElse(null));
    fields.put(
        "considered",
        table.explain(host, path.matched(), method, MAX_CONSIDERED).stream()
            .map(RouteCalls::fields)
            .toList());
    Json.answer(context, fields);
  }

  private static Map<String, Object> fields(Considered considered) {
    Route route = considered.route();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", route.key());
    fields.put("uri", route.uri());
    putMatch(fields, route);
    fields.put("verdict", considered.verdict());
    return fields;
  }

  private static Map<String, Object> fields(Route route, RouteImage image) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", route.key());
    fields.put("revision", route.revision());
    fields.put("uri", route.uri());
    putMatch(fields, route);
    fields.put("upstream", upstream(route, image));
    Forwarding forwarding = route.forwarding();
    if (forwarding.stripPrefix()) {
      fields.put("stripPrefix", true);
    }
    if (!forwarding.hostHeader().equals(Forwarding.KEEP)) {
      fields.put("hostHeader", forwarding.hostHeader());
    }
    putMillis(fields, "connectTimeoutMillis", forwarding.connectTimeout());
    putMillis(fields, "responseTimeoutMillis", forwarding.responseTimeout());
    return fields;
  }

  private static void putMatch(Map<String, Object> fields, Route route) {
    if (!route.host().isEmpty()) {
      fields.put("host", route.host());
    }
    if (!route.methods().isEmpty()) {
      fields.put("methods", new TreeSet<>(route.methods()));
    }
    if (route.priority() != 0) {
      fields.put("priority", route.priority());
    }
  }

  private static void putMillis(
      Map<String, Object> fields, String name, @Nullable Duration duration) {
    if (duration != null) {
      fields.put(name, duration.toMillis());
    }
  }

  /** As it was written, and for a reference what that leads to now. */
  private static Object upstream(Route route, RouteImage image) {
    Upstream upstream = image.upstream(route);
    if (route.destination() instanceof UpstreamRef ref) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("ref", ref.name());
      fields.put("revision", image.servedRevision(ref.key()).orElse(null));
      fields.put("nodes", nodes(upstream));
      return fields;
    }
    return upstream.nodes().size() == 1 ? upstream.nodes().get(0).text() : nodes(upstream);
  }

  private static List<Map<String, Object>> nodes(Upstream upstream) {
    return upstream.nodes().stream()
        .map(
            node -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              fields.put("url", node.text());
              fields.put("weight", node.weight());
              return fields;
            })
        .toList();
  }

  private static ProblemException noPath() {
    return new ProblemException(
        Problem.badField(
            "path", "the parameter 'path' is missing: expected the path of a request"));
  }
}
