package dev.watchhub.controlplane.store;

/**
 * What one step of a compaction did.
 *
 * @param removed rows that went, or would go
 * @param held tombstones that stay because somebody has not seen them
 * @param lastKey where the next step goes on
 * @param lastRevision and after which revision of that key
 * @param done whether there is no next step
 */
public record CompactionStep(
    long removed, long held, String lastKey, long lastRevision, boolean done) {
  /** Before the first step. */
  public static final CompactionStep START = new CompactionStep(0, 0, "", -1, false);
}
