package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Position;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a node in notify mode has told the database.
 *
 * @param position everything up to here is applied; null when that is not known
 * @param refused JSON: an array of values that it could not apply
 * @param leaving whether it said that it goes away
 * @param silent how long ago it reported
 */
public record NotifyNode(
    String node,
    @Nullable Position position,
    @Nullable String version,
    @Nullable Instant startedAt,
    String refused,
    long refusedCount,
    boolean leaving,
    Duration silent) {}
