package dev.watchhub.controlplane.store;

import java.util.List;

/**
 * What became of a transaction.
 *
 * @param succeeded whether everything that was compared held
 * @param failed what did not hold: each key with the revision that is there
 * @param written what was written, in the order of the request
 */
public record TxnOutcome(boolean succeeded, List<KeyOutcome> failed, List<KeyOutcome> written) {
  public TxnOutcome {
    failed = List.copyOf(failed);
    written = List.copyOf(written);
  }
}
