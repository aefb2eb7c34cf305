package dev.watchhub.controlplane.store;

/**
 * A row that a write made, or found to have the value already.
 *
 * @param revision its number
 * @param version values of this life of the key so far, this one included; 0 of a deletion
 * @param createTime when it was written, in ms since the epoch, by the database's clock
 * @param unchanged whether it was there already, so that nothing was written
 */
public record Written(long revision, long version, long createTime, boolean unchanged)
    implements WriteOutcome {
  /** Whether the key was not there before. */
  public boolean created() {
    return version == 1 && !unchanged;
  }
}
