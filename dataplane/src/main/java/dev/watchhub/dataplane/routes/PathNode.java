package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One segment of the tree of paths. Immutable: a change copies the nodes on its path and shares the
 * rest.
 *
 * @param children by the next segment, decoded; none of them is empty
 * @param exact routes whose {@code uri} ends here
 * @param below routes whose {@code uri} is this path and {@code /*}
 */
record PathNode(TextMap<PathNode> children, HostRoutes exact, HostRoutes below) {
  static final PathNode EMPTY = new PathNode(TextMap.empty(), HostRoutes.EMPTY, HostRoutes.EMPTY);

  private boolean isEmpty() {
    return children.isEmpty() && exact.isEmpty() && below.isEmpty();
  }

  private PathNode child(String segment) {
    PathNode child = children.get(segment);
    return child == null ? EMPTY : child;
  }

  /** The tree with the routes of {@code pattern} changed by {@code change}; called at the root. */
  PathNode changed(UriPattern pattern, UnaryOperator<HostRoutes> change) {
    return changed(pattern, 0, change);
  }

  private PathNode changed(UriPattern pattern, int slash, UnaryOperator<HostRoutes> change) {
    String path = pattern.path();
    if (slash == path.length()) {
      return pattern.prefix()
          ? new PathNode(children, exact, change.apply(below))
          : new PathNode(children, change.apply(exact), below);
    }
    int end = endOfSegment(path, slash);
    String segment = path.substring(slash + 1, end);
    PathNode child = child(segment).changed(pattern, end, change);
    return new PathNode(
        child.isEmpty() ? children.without(segment) : children.with(segment, child), exact, below);
  }

  /** All routes whose {@code uri} fits, the longest first; called at the root. */
  List<HostRoutes> fitting(String path) {
    List<HostRoutes> shortestFirst = new ArrayList<>();
    PathNode node = this;
    int slash = 0;
    while (node != null && slash < path.length()) {
      shortestFirst.add(node.below);
      int end = endOfSegment(path, slash);
      node = node.children.get(path.substring(slash + 1, end));
      slash = end;
    }
    if (node != null) {
      shortestFirst.add(node.exact);
    }
    Collections.reverse(shortestFirst);
    return shortestFirst;
  }

  /** The routes of {@code pattern}; called at the root. */
  HostRoutes at(UriPattern pattern) {
    PathNode node = this;
    String path = pattern.path();
    for (int slash = 0; slash < path.length(); ) {
      int end = endOfSegment(path, slash);
      node = node.child(path.substring(slash + 1, end));
      slash = end;
    }
    return pattern.prefix() ? node.below : node.exact;
  }

  /**
   * The route of the longest {@code uri} that fits, or null; called at the root.
   *
   * @param path as {@link RoutablePath#matched} gives it
   */
  @Nullable Route find(String path, String host, String method) {
    return find(path, 0, host, method);
  }

  private @Nullable Route find(String path, int slash, String host, String method) {
    if (slash == path.length()) {
      return exact.find(host, method);
    }
    int end = endOfSegment(path, slash);
    PathNode child = children.get(path.substring(slash + 1, end));
    Route longer = child == null ? null : child.find(path, end, host, method);
    return longer != null ? longer : below.find(host, method);
  }

  private static int endOfSegment(String path, int slash) {
    int end = path.indexOf('/', slash + 1);
    return end < 0 ? path.length() : end;
  }
}
