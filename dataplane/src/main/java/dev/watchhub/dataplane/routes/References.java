package dev.watchhub.dataplane.routes;

import java.util.SortedSet;
import org.pcollections.TreePSet;

/**
 * Which routes refer to which upstream. Immutable.
 *
 * @param routes by the key of the upstream, in their order; none of them is empty
 */
record References(TextMap<TreePSet<String>> routes) {
  static final References NONE = new References(TextMap.empty());

  /** The keys of the routes that refer to an upstream. */
  SortedSet<String> to(String upstream) {
    return found(upstream);
  }

  private TreePSet<String> found(String upstream) {
    TreePSet<String> found = routes.get(upstream);
    return found == null ? TreePSet.empty() : found;
  }

  /** With those of {@code route}; the same if it has nodes of its own. */
  References with(Route route) {
    return route.destination() instanceof UpstreamRef ref
        ? new References(routes.with(ref.key(), found(ref.key()).plus(route.key())))
        : this;
  }

  /** Without those of {@code route}. */
  References without(Route route) {
    if (!(route.destination() instanceof UpstreamRef ref)) {
      return this;
    }
    TreePSet<String> rest = found(ref.key()).minus(route.key());
    return new References(
        rest.isEmpty() ? routes.without(ref.key()) : routes.with(ref.key(), rest));
  }
}
