package dev.watchhub.hub.relay;

import dev.watchhub.hub.replication.Snapshot;
import dev.watchhub.protocol.Position;
import org.jspecify.annotations.Nullable;

/**
 * What the database says of the relay: the row of {@code config_relay}.
 *
 * @param cluster system identifier of the cluster that the rest belongs to
 * @param position the log is to be read on from here; null: the table comes first
 * @param horizon every row visible in it has been announced, or was not the relay's; null: every
 *     row of now
 */
record RelayRecord(String cluster, @Nullable Position position, @Nullable Snapshot horizon) {}
