package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.controlplane.store.NodeStore;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.protocol.Position;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code GET /rollout}: has every node what was committed? Any thread. */
final class RolloutCalls {
  private final NodeStore store;
  private final List<URI> hubs;
  private final HubNodes hubNodes = new HubNodes();

  /** Asks the database and these hubs. */
  RolloutCalls(NodeStore store, List<URI> hubs) {
    this.store = store;
    this.hubs = List.copyOf(hubs);
  }

  /** Adds the call to a server. */
  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/rollout", this::rollout);
  }

  private void rollout(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), Set.of("position"));
    Optional<Position> asked = query.text("position").map(text -> position(query, text));
    Position here = store.here();
    Position wanted = asked.orElse(here);
    if (wanted.cluster() != here.cluster()) {
      throw new ProblemException(
          Problem.badField("position", "'position' is of another database cluster"));
    }
    if (wanted.timeline() != here.timeline()) {
      throw new ProblemException(
          Problem.badField(
              "position",
              "'position' is of timeline %d, and the database is on timeline %d: expected one of it, so ask without 'position'"
                  .formatted(wanted.timeline(), here.timeline())));
    }
    List<HubNodes.Answer> answers = hubs.stream().map(hubNodes::ask).toList();
    Map<String, NodeState> nodes = new TreeMap<>();
    answers.forEach(answer -> answer.nodes().forEach(node -> add(nodes, node)));
    Duration collected = store.collected();
    store.nodes().forEach(node -> NodeState.of(node).ifPresent(state -> add(nodes, state)));
    String pending = pending(answers, collected);
    Answers.json(context, out -> write(out, wanted, nodes, answers, pending));
  }

  /** Who may not have heard of all nodes yet; null when there is nobody. */
  private static @Nullable String pending(List<HubNodes.Answer> answers, Duration database) {
    List<String> young = new ArrayList<>();
    for (HubNodes.Answer answer : answers) {
      young(young, "hub " + answer.hub(), answer.collecting());
    }
    young(young, "the database", database);
    return young.isEmpty() ? null : String.join("; ", young);
  }

  private static void young(List<String> young, String who, @Nullable Duration collecting) {
    if (collecting != null && collecting.compareTo(NodeState.SILENCE_LIMIT) < 0) {
      young.add(
          "%s has taken reports for %d s: its nodes may not have reported yet"
              .formatted(who, collecting.toSeconds()));
    }
  }

  private static void add(Map<String, NodeState> nodes, NodeState state) {
    nodes.merge(state.node(), state, (a, b) -> b.isNewerThan(a) ? b : a);
  }

  private static Position position(QueryParameters query, String text) {
    return Position.parse(text)
        .orElseThrow(() -> query.bad("position", "one that a watch or this call has given out"));
  }

  private static void write(
      JsonGenerator out,
      Position wanted,
      Map<String, NodeState> nodes,
      List<HubNodes.Answer> answers,
      @Nullable String pending)
      throws IOException {
    boolean known = answers.stream().allMatch(answer -> answer.error() == null);
    boolean applied =
        nodes.values().stream()
            .filter(node -> !node.gone())
            .allMatch(node -> node.hasApplied(wanted));
    out.writeStringField("position", wanted.toString());
    out.writeBooleanField("applied", known && applied && pending == null);
    writeText(out, "pending", pending);
    out.writeArrayFieldStart("nodes");
    for (NodeState node : nodes.values()) {
      write(out, node, wanted);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("hubs");
    for (HubNodes.Answer answer : answers) {
      out.writeStartObject();
      out.writeStringField("hub", answer.hub().toString());
      writeText(out, "error", answer.error());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void write(JsonGenerator out, NodeState node, Position wanted) throws IOException {
    out.writeStartObject();
    out.writeStringField("node", node.node());
    out.writeStringField("watchMode", node.watchMode());
    out.writeBooleanField("gone", node.gone());
    out.writeBooleanField("applied", node.hasApplied(wanted));
    writeText(out, "position", node.position());
    writeText(out, "version", node.version());
    writeText(out, "startedAt", node.startedAt());
    Duration silent = node.silent();
    if (silent == null) {
      out.writeNullField("silentMillis");
    } else {
      out.writeNumberField("silentMillis", silent.toMillis());
    }
    out.writeNumberField("refusedCount", node.refusedCount());
    out.writeFieldName("refused");
    out.writeRawValue(node.refused());
    out.writeEndObject();
  }

  private static void writeText(JsonGenerator out, String name, @Nullable Object value)
      throws IOException {
    if (value == null) {
      out.writeNullField(name);
    } else {
      out.writeStringField(name, value.toString());
    }
  }
}
