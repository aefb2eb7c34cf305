package dev.watchhub.controlplane.api;

import dev.watchhub.controlplane.store.NodeStore;
import dev.watchhub.protocol.Position;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks the hubs and the database who follows them. Any thread. */
final class FleetSource {
  private final NodeStore store;
  private final List<URI> hubs;
  private final HubNodes hubNodes = new HubNodes();

  FleetSource(NodeStore store, List<URI> hubs) {
    this.store = store;
    this.hubs = List.copyOf(hubs);
  }

  /**
   * Asks all of them; the hubs have 2 s together.
   *
   * @throws dev.watchhub.controlplane.store.StoreException if the database does not answer
   */
  Fleet look() {
    Position here = store.here();
    List<HubNodes.Answer> answers = hubNodes.ask(hubs);
    SortedMap<String, NodeState> nodes = new TreeMap<>();
    answers.forEach(answer -> answer.nodes().forEach(node -> add(nodes, node)));
    Duration collecting = store.collected();
    store.nodes().forEach(node -> NodeState.of(node).ifPresent(state -> add(nodes, state)));
    return new Fleet(here, nodes, answers, collecting);
  }

  private static void add(SortedMap<String, NodeState> nodes, NodeState state) {
    nodes.merge(state.node(), state, (a, b) -> b.isNewerThan(a) ? b : a);
  }
}
