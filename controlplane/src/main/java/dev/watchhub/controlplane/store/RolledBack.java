package dev.watchhub.controlplane.store;

import org.jspecify.annotations.Nullable;

/**
 * A key that goes back to how it was.
 *
 * @param from revision of the value that it has; null if it has none
 * @param to revision of the value that it had; null if it had none, so that it is deleted
 * @param row what was written; null if this only tells what would be
 */
public record RolledBack(
    String key, @Nullable Long from, @Nullable Long to, @Nullable Written row) {}
