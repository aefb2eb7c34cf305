package dev.watchhub.client;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node says it has applied.
 *
 * @param node its name: up to 100 letters, digits, {@code .}, {@code _} and {@code -}, the first a
 *     letter or a digit, not digits alone
 * @param version of its program
 * @param startedAt when it was started
 * @param reached everything up to here is applied; null when that is not known
 * @param refused values that it could not apply; {@link #MAX_REFUSED} at most
 * @param refusedCount how many there are in all
 */
public record AppliedReport(
    String node,
    String version,
    Instant startedAt,
    @Nullable Reached reached,
    List<Refused> refused,
    long refusedCount) {
  /** Most values that a report names. */
  public static final int MAX_REFUSED = 100;

  /**
   * A value that could not be applied.
   *
   * @param revision of the row
   * @param reason for a person
   */
  public record Refused(String key, long revision, String reason) {}

  public AppliedReport {
    refused = List.copyOf(refused);
  }
}
