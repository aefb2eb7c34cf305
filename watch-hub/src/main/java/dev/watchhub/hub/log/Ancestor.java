package dev.watchhub.hub.log;

import dev.watchhub.protocol.Lsn;

/**
 * A timeline that the present one came from, by failover or restore.
 *
 * @param end where the present timeline's history leaves it; what lies beyond never happened
 * @param quietUpTo no commit lies between {@code end} and here, so that a position in between is
 *     worth {@code end}; {@code end} itself when nothing is known
 */
public record Ancestor(int timeline, Lsn end, Lsn quietUpTo) {}
