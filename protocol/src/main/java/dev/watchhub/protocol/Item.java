package dev.watchhub.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One row of the configuration: a key as of one revision.
 *
 * @param key the whole key, such as {@code /routes/foo}
 * @param value its text; null in a tombstone and nowhere else
 * @param revision number of the row, from the table's one sequence
 * @param createRevision revision at which this life of the key began
 * @param version rows of this life of the key so far, this one included, from 1; 0 in a tombstone
 * @param createTime when the row was written, in ms since the epoch, by the database's clock
 * @param author who wrote it, as the writer said; or null
 * @param note why, as the writer said; or null
 */
public record Item(
    String key,
    @Nullable String value,
    long revision,
    long createRevision,
    long version,
    long createTime,
    @Nullable String author,
    @Nullable String note) {}
