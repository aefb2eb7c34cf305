package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.controlplane.store.NotifyNode;
import dev.watchhub.protocol.Position;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a node stands, whichever way it follows.
 *
 * @param watchMode {@code replication} or {@code notify}
 * @param gone whether it has left, or is silent
 * @param position everything up to here is applied; null when that is not known, as when two nodes
 *     report under its name
 * @param refused JSON: an array of values that it could not apply
 * @param silent how long ago it reported; null when it has not reported yet
 */
record NodeState(
    String node,
    String watchMode,
    boolean gone,
    @Nullable Position position,
    @Nullable String version,
    @Nullable Instant startedAt,
    String refused,
    long refusedCount,
    @Nullable Duration silent) {
  /** As the hub has it: a node that is there reports every 5 s. */
  static final Duration SILENCE_LIMIT = Duration.ofSeconds(15);

  private static final Duration GONE_LIMIT = Duration.ofSeconds(30);

  /** One of the database's; empty when it has been gone for long. */
  static Optional<NodeState> of(NotifyNode node) {
    Duration gone = node.leaving() ? node.silent() : node.silent().minus(SILENCE_LIMIT);
    return gone.compareTo(GONE_LIMIT) > 0
        ? Optional.empty()
        : Optional.of(
            new NodeState(
                node.node(),
                "notify",
                !gone.isNegative(),
                node.position(),
                node.version(),
                node.startedAt(),
                node.refused(),
                node.refusedCount(),
                node.silent()));
  }

  /** One of a hub's subscribers; empty when it is no node. */
  static Optional<NodeState> of(JsonNode subscriber) {
    String node = subscriber.path("node").textValue();
    if (node == null) {
      return Optional.empty();
    }
    JsonNode applied = subscriber.path("applied");
    return Optional.of(
        new NodeState(
            node,
            "replication",
            subscriber.path("gone").asBoolean(),
            Optional.ofNullable(applied.path("upTo").textValue())
                .filter(upTo -> !applied.path("conflict").asBoolean())
                .flatMap(Position::parse)
                .orElse(null),
            applied.path("version").textValue(),
            instant(applied.path("startedAt").textValue()),
            applied.path("refused").isArray() ? applied.get("refused").toString() : "[]",
            applied.path("refusedCount").asLong(),
            applied.path("silentMillis").isIntegralNumber()
                ? Duration.ofMillis(applied.get("silentMillis").asLong())
                : null));
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Whether everything up to {@code wanted} is applied, as far as is known. */
  boolean hasApplied(Position wanted) {
    Position at = position;
    return at != null
        && at.cluster() == wanted.cluster()
        && at.timeline() == wanted.timeline()
        && at.lsn().compareTo(wanted.lsn()) >= 0;
  }

  /** Whether this says more of the node than {@code other}, which has its name too. */
  boolean isNewerThan(NodeState other) {
    if (gone != other.gone) {
      return other.gone;
    }
    Duration here = silent;
    Duration there = other.silent;
    return here != null && (there == null || here.compareTo(there) < 0);
  }
}
