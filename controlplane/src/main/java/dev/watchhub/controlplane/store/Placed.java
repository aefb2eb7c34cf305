package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Position;

/**
 * What a transaction gave, once it was committed.
 *
 * @param position at or after the end of its commit, so whoever has come as far has seen it; if it
 *     wrote nothing, at or after the commits that it found
 */
public record Placed<T>(T outcome, Position position) {}
