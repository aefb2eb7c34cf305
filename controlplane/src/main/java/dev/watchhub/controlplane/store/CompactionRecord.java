package dev.watchhub.controlplane.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the table says of automatic compaction, by whichever control plane.
 *
 * @param beganAt when the last run began; null if there was none
 * @param endedAt when the last one that ended did; null if none has
 * @param removed rows that it removed
 * @param held tombstones that it left because somebody had not seen them
 * @param error why it ended early; null if it did not
 * @param total rows that all runs have removed
 */
public record CompactionRecord(
    @Nullable Instant beganAt,
    @Nullable Instant endedAt,
    long removed,
    long held,
    @Nullable String error,
    long total) {}
