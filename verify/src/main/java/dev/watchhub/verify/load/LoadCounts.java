package dev.watchhub.verify.load;

import java.util.concurrent.atomic.LongAdder;

/** How much was written. Threading: any. */
final class LoadCounts {
  private final LongAdder commits = new LongAdder();
  private final LongAdder rollbacks = new LongAdder();
  private final LongAdder deadlocks = new LongAdder();
  private final LongAdder compactedRows = new LongAdder();
  private final LongAdder outages = new LongAdder();

  void commit() {
    commits.increment();
  }

  void rollback() {
    rollbacks.increment();
  }

  void deadlock() {
    deadlocks.increment();
  }

  void compacted(long rows) {
    compactedRows.add(rows);
  }

  void outage() {
    outages.increment();
  }

  Load load() {
    return new Load(
        commits.sum(), rollbacks.sum(), deadlocks.sum(), compactedRows.sum(), outages.sum());
  }
}
