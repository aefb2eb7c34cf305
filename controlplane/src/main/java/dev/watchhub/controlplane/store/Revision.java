package dev.watchhub.controlplane.store;

import org.jspecify.annotations.Nullable;

/**
 * One row of a key.
 *
 * @param number its revision
 * @param tombstone whether it deleted the key
 * @param createTime when it was written, in ms since the epoch, by the database's clock
 * @param bytes length of its value in UTF-8; 0 of a tombstone
 * @param version how many values this life of the key has had; 0 of a tombstone
 * @param createRevision where this life of the key began
 * @param value null where it was not asked for, and of a tombstone
 */
public record Revision(
    long number,
    boolean tombstone,
    long createTime,
    @Nullable String author,
    @Nullable String note,
    long bytes,
    long version,
    long createRevision,
    @Nullable String value) {}
