package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The upstreams that routes share at one moment, and which of the routes that are served refer to
 * them. Immutable; a change shares the rest with the table before it, and costs the same however
 * many routes refer to what has changed.
 */
public final class UpstreamTable {
  /** No upstreams. */
  static final UpstreamTable EMPTY = new UpstreamTable(TextMap.empty(), References.NONE);

  private final TextMap<SharedUpstream> byKey;
  private final References served;

  private UpstreamTable(TextMap<SharedUpstream> byKey, References served) {
    this.byKey = byKey;
    this.served = served;
  }

  /** The upstream of {@code key}. */
  public Optional<SharedUpstream> upstream(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /** All of them, in no order. */
  public List<SharedUpstream> upstreams() {
    List<SharedUpstream> all = new ArrayList<>();
    byKey.forEach(all::add);
    return all;
  }

  /** The keys of the routes that are served and refer to an upstream. */
  SortedSet<String> routesOf(String key) {
    return served.to(key);
  }

  UpstreamTable with(SharedUpstream upstream) {
    return new UpstreamTable(byKey.with(upstream.key(), upstream), served);
  }

  UpstreamTable without(String key) {
    return new UpstreamTable(byKey.without(key), served);
  }

  /** With the references of a route that is served from now on. */
  UpstreamTable withRoute(Route route) {
    return new UpstreamTable(byKey, served.with(route));
  }

  /** Without those of a route that is not served any more. */
  UpstreamTable withoutRoute(Route route) {
    return new UpstreamTable(byKey, served.without(route));
  }
}
