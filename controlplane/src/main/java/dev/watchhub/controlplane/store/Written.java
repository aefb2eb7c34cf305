package dev.watchhub.controlplane.store;

/**
 * A row that a write made.
 *
 * @param revision its number
 * @param version rows of this life of the key so far, this one included
 * @param createTime when it was written, in ms since the epoch, by the database's clock
 */
public record Written(long revision, long version, long createTime) {
  /** Whether the key was not there before. */
  public boolean created() {
    return version == 1;
  }
}
