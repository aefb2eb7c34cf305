package dev.watchhub.controlplane.api;

import dev.watchhub.protocol.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of all nodes at one moment.
 *
 * @param here where the database's log ended when the asking began
 * @param nodes by name; those of the hubs and those of the database alike
 * @param hubs what each hub said
 * @param collecting for how long the database has taken reports
 */
record Fleet(
    Position here,
    SortedMap<String, NodeState> nodes,
    List<HubNodes.Answer> hubs,
    Duration collecting) {
  Fleet {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    hubs = List.copyOf(hubs);
  }

  /** Who may not have heard of all nodes yet; null when there is nobody. */
  @Nullable String pending() {
    List<String> young = new ArrayList<>();
    for (HubNodes.Answer answer : hubs) {
      young(young, "hub " + answer.hub(), answer.collecting());
    }
    young(young, "the database", collecting);
    return young.isEmpty() ? null : String.join("; ", young);
  }

  private static void young(List<String> young, String who, @Nullable Duration collecting) {
    if (collecting != null && collecting.compareTo(NodeState.SILENCE_LIMIT) < 0) {
      young.add(
          "%s has taken reports for %d s: its nodes may not have reported yet"
              .formatted(who, collecting.toSeconds()));
    }
  }

  /** Whether all hubs have answered, and nobody is so young that nodes may be missing. */
  boolean isWhole() {
    return hubs.stream().allMatch(answer -> answer.error() == null) && pending() == null;
  }

  /** The nodes that are waited for: all that are not gone. */
  List<NodeState> present() {
    return nodes.values().stream().filter(node -> !node.gone()).toList();
  }

  /** Whether every node is known to have applied everything up to {@code wanted}. */
  boolean hasApplied(Position wanted) {
    return isWhole() && present().stream().allMatch(node -> node.hasApplied(wanted));
  }
}
