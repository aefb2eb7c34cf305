package dev.watchhub.dataplane.routes;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Where requests are sent: one node, or several that take turns. Equal when the nodes are.
 *
 * <p>Threading: any thread.
 */
public final class Upstream implements Destination {
  private final List<UpstreamNode> nodes;
  private final Rotation rotation;

  /**
   * An upstream whose first node has the first turn.
   *
   * @param nodes at least one
   */
  Upstream(List<UpstreamNode> nodes) {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("an upstream without nodes");
    }
    this.nodes = List.copyOf(nodes);
    rotation = new Rotation(this.nodes);
  }

  /** All of them, in the order in which they were written. */
  public List<UpstreamNode> nodes() {
    return nodes;
  }

  /** Whose turn it is among those that are eligible; empty when none is. */
  public Optional<UpstreamNode> next(Predicate<UpstreamNode> eligible) {
    if (nodes.size() == 1) {
      return Optional.of(nodes.get(0)).filter(eligible);
    }
    return rotation.next(eligible);
  }

  /** The URLs. */
  @Override
  public String text() {
    return nodes.stream()
        .map(node -> node.weight() == 1 ? node.text() : node.text() + " x" + node.weight())
        .collect(Collectors.joining(", "));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Upstream upstream && upstream.nodes.equals(nodes);
  }

  @Override
  public int hashCode() {
    return nodes.hashCode();
  }

  @Override
  public String toString() {
    return text();
  }
}
