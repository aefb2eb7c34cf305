package dev.watchhub.hub.fanout;

import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber as others see it.
 *
 * @param id given out once
 * @param address of the client
 * @param node what the client calls itself; null when it does not
 * @param position the last one that was sent to it, and that it may resume at; null before any
 * @param caughtUpWith it was sent all that concerns it up to here; null when more is to be sent, or
 *     under way
 * @param lagCommits commits in the log that it has not been sent, whether they concern it or not
 * @param lagMillis age of the oldest of them
 */
public record SubscriberView(
    long id,
    String address,
    @Nullable String node,
    Filter filter,
    @Nullable Position position,
    @Nullable Position caughtUpWith,
    long lagCommits,
    long lagMillis) {}
