package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.protocol.Position;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code GET /rollout}: has every node what was committed? Any thread. */
final class RolloutCalls {
  private final FleetSource source;

  RolloutCalls(FleetSource source) {
    this.source = source;
  }

  /** Adds the call to a server. */
  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/rollout", this::rollout);
  }

  private void rollout(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), Set.of("position"));
    Optional<Position> asked = query.text("position").map(text -> position(query, text));
    Fleet fleet = source.look();
    Position wanted = asked.orElse(fleet.here());
    if (wanted.cluster() != fleet.here().cluster()) {
      throw new ProblemException(
          Problem.badField("position", "'position' is of another database cluster"));
    }
    if (wanted.timeline() != fleet.here().timeline()) {
      throw new ProblemException(
          Problem.badField(
              "position",
              "'position' is of timeline %d, and the database is on timeline %d: expected one of it, so ask without 'position'"
                  .formatted(wanted.timeline(), fleet.here().timeline())));
    }
    Answers.json(context, out -> write(out, wanted, fleet));
  }

  private static Position position(QueryParameters query, String text) {
    return Position.parse(text)
        .orElseThrow(() -> query.bad("position", "one that a watch or this call has given out"));
  }

  private static void write(JsonGenerator out, Position wanted, Fleet fleet) throws IOException {
    out.writeStringField("position", wanted.toString());
    out.writeBooleanField("applied", fleet.hasApplied(wanted));
    writeText(out, "pending", fleet.pending());
    out.writeArrayFieldStart("nodes");
    for (NodeState node : fleet.nodes().values()) {
      write(out, node, wanted);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("hubs");
    for (HubNodes.Answer answer : fleet.hubs()) {
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
