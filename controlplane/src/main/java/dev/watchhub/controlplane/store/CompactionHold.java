package dev.watchhub.controlplane.store;

/**
 * Which rows stay although they may go, because somebody who follows has not seen them.
 *
 * @param fromTxid those of transactions from this one on; {@link Long#MAX_VALUE} holds nothing
 * @param sinceMillis and of these those that were written from this time on, in ms since the epoch
 */
public record CompactionHold(long fromTxid, long sinceMillis) {
  /** Holds nothing. */
  public static final CompactionHold NONE = new CompactionHold(Long.MAX_VALUE, Long.MAX_VALUE);
}
