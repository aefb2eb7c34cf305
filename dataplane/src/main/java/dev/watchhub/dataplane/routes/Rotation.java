package dev.watchhub.dataplane.routes;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whose turn it is among weighted nodes: smooth weighted round robin, as nginx does it. In each
 * turn every node gains its weight, the one that has most is taken, and pays the sum of all.
 *
 * <p>Threading: any thread; the credit is guarded by this object.
 */
final class Rotation {
  private final List<UpstreamNode> nodes;
  private final long[] credit;

  Rotation(List<UpstreamNode> nodes) {
    this.nodes = nodes;
    credit = new long[nodes.size()];
  }

  /** The next one among those that are eligible; empty when none is. */
  synchronized Optional<UpstreamNode> next(Predicate<UpstreamNode> eligible) {
    int best = -1;
    long sum = 0;
    for (int i = 0; i < credit.length; i++) {
      UpstreamNode node = nodes.get(i);
      if (eligible.test(node)) {
        sum += node.weight();
        credit[i] += node.weight();
        best = best < 0 || credit[i] > credit[best] ? i : best;
      }
    }
    if (best < 0) {
      return Optional.empty();
    }
    credit[best] -= sum;
    return Optional.of(nodes.get(best));
  }
}
