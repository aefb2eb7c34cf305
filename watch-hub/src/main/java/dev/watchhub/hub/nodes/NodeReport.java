package dev.watchhub.hub.nodes;

import dev.watchhub.protocol.Position;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself.
 *
 * @param node its name
 * @param position everything up to here is applied; null before the first snapshot
 * @param version of its program; null when it does not say
 * @param startedAt null when it does not say
 * @param refused values that it could not apply; not more than {@link #MAX_REFUSED}
 * @param refusedCount how many there are in all
 * @param leaving whether it is going away
 */
public record NodeReport(
    String node,
    @Nullable Position position,
    @Nullable String version,
    @Nullable Instant startedAt,
    List<Refused> refused,
    long refusedCount,
    boolean leaving) {
  /** Most values that a report names. */
  public static final int MAX_REFUSED = 100;

  /**
   * A value that a node could not apply.
   *
   * @param revision of the row
   * @param reason for a person
   */
  public record Refused(String key, long revision, String reason) {}

  public NodeReport {
    refused = List.copyOf(refused);
  }

  /** What it takes of the heap, at most and about. */
  long heapBytes() {
    long bytes = 500 + 2L * (node.length() + (version == null ? 0 : version.length()));
    for (Refused one : refused) {
      bytes += 200 + 2L * (one.key().length() + one.reason().length());
    }
    return bytes;
  }
}
