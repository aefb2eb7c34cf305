package dev.watchhub.verify.load;

/**
 * What was written so far.
 *
 * @param commits transactions whose commit was confirmed
 * @param rollbacks transactions that were rolled back on purpose
 * @param deadlocks transactions that the server ended for one
 * @param compactedRows rows that compaction removed
 * @param outages connections to the database that broke or did not come about
 */
public record Load(
    long commits, long rollbacks, long deadlocks, long compactedRows, long outages) {}
