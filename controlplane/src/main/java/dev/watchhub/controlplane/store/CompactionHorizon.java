package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Position;
import org.jspecify.annotations.Nullable;

/**
 * How far the database had come at one moment.
 *
 * @param position where its log ended
 * @param endedTxid all transactions below it had ended, so they end in the log before that
 * @param nodesTxid all nodes in notify mode have seen all below it; null if there are none
 */
public record CompactionHorizon(Position position, long endedTxid, @Nullable Long nodesTxid) {}
