package dev.watchhub.controlplane.store;

/**
 * A row that a write made.
 *
 * @param revision its number
 * @param createRevision revision at which this life of the key began
 * @param version rows of this life of the key so far, this one included
 * @param createTime when it was written, in ms since the epoch, by the database's clock
 */
public record Written(long revision, long createRevision, long version, long createTime) {
  /** Whether the key was not there before. */
  public boolean created() {
    return version == 1;
  }
}
