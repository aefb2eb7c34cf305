package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.RoutablePath;
import dev.watchhub.dataplane.routes.Route;
import dev.watchhub.dataplane.routes.Upstream;
import dev.watchhub.dataplane.routes.UpstreamNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request: which route it takes, and which node of the upstream is asked for what.
 *
 * <p>Threading: one thread at a time, as the request goes on.
 */
final class Hop {
  private static final String ATTRIBUTE = Hop.class.getName();

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** Nodes that a request tries while all are set aside; a client does not wait for many more. */
  private static final int ATTEMPTS_IN_VAIN = 2;

  private final Route route;
  private final Upstream upstream;
  private final String path;
  private final @Nullable String query;
  private final List<UpstreamNode> tried = new ArrayList<>(1);
  private @Nullable ClientBody body;

  /**
   * A way that leads to no node yet.
   *
   * @param upstream what the route leads to
   * @param query as it came, without the {@code ?}; null when there was none
   */
  Hop(Route route, Upstream upstream, RoutablePath path, @Nullable String query) {
    this.route = route;
    this.upstream = upstream;
    this.path = route.forwardedPath(path);
    this.query = query;
  }

  /** The way of {@code request}, if it has one. */
  static Optional<Hop> find(Request request) {
    return Optional.ofNullable((Hop) request.getAttribute(ATTRIBUTE));
  }

  /** The way that {@link #attachTo} gave {@code request}. */
  static Hop of(Request request) {
    return find(request).orElseThrow();
  }

  void attachTo(Request request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /**
   * Goes to the next node, one that was not tried; false when there is none.
   *
   * @param mayFail whether the request may go on to yet another one
   */
  boolean advance(NodeHealth health, boolean mayFail) {
    Optional<UpstreamNode> next = healthy(health, mayFail);
    while (next.isPresent() && !health.isAllWell() && !health.claim(name(next.get()))) {
      next = healthy(health, mayFail); // somebody else has just gone to try it
    }
    if (next.isEmpty() && tried.size() < ATTEMPTS_IN_VAIN) {
      // one that is set aside may have come back, and it is the last hope
      next = upstream.next(node -> !tried.contains(node));
    }
    next.ifPresent(tried::add);
    return next.isPresent();
  }

  private Optional<UpstreamNode> healthy(NodeHealth health, boolean mayFail) {
    return upstream.next(
        node ->
            !tried.contains(node)
                && (health.isAllWell() || health.isEligible(name(node), mayFail)));
  }

  Route route() {
    return route;
  }

  /** Where it leads. */
  Upstream upstream() {
    return upstream;
  }

  /**
   * What a node goes by when it takes no connection: its address, and how little time it was given
   * where that was less than usual, which must not count for other routes.
   */
  String name(UpstreamNode node) {
    Duration limit = connectLimit();
    return limit.compareTo(CONNECT_LIMIT) >= 0
        ? node.address()
        : node.address() + " within " + limit.toMillis() + " ms";
  }

  /** How long a node may take to take the connection. */
  Duration connectLimit() {
    return Objects.requireNonNullElse(route.forwarding().connectTimeout(), CONNECT_LIMIT);
  }

  /** The node that is asked. */
  UpstreamNode node() {
    return tried.get(tried.size() - 1);
  }

  /** The body is on its way to the node. */
  void sending(ClientBody newBody) {
    body = newBody;
  }

  /** The body on its way; null while nothing was asked of it. */
  @Nullable ClientBody body() {
    return body;
  }

  /** The path that the node is asked for. */
  String fullPath() {
    return node().basePath() + path;
  }

  @Nullable String query() {
    return query;
  }
}
