package dev.watchhub.hub.replication;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What has happened since the hub started.
 *
 * <p>Threading: counted by the hub's own threads, read anywhere.
 */
public final class Counters {
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong loads = new AtomicLong();
  private final AtomicLong gapsFilled = new AtomicLong();
  private final AtomicLong commitsFilled = new AtomicLong();
  private final AtomicLong chainBreaks = new AtomicLong();
  private final AtomicLong directInserts = new AtomicLong();

  /** No counts yet. */
  public Counters() {}

  /** Commits read from the stream, each once. */
  public long commits() {
    return commits.get();
  }

  /** Streams that were begun. */
  public long connections() {
    return connections.get();
  }

  /** Loads of the whole table after which every watch began anew. */
  public long loads() {
    return loads.get();
  }

  /** Lost slots that were made good from the table. */
  public long gapsFilled() {
    return gapsFilled.get();
  }

  /** Commits that came from the table instead of the stream. */
  public long commitsFilled() {
    return commitsFilled.get();
  }

  /** Rows that did not name the revision before them. */
  public long chainBreaks() {
    return chainBreaks.get();
  }

  /** Rows whose writer went round the functions, so that they name no revision before them. */
  public long directInserts() {
    return directInserts.get();
  }

  void read() {
    commits.incrementAndGet();
  }

  void connected() {
    connections.incrementAndGet();
  }

  void loaded(long brokenChains) {
    loads.incrementAndGet();
    chainBreaks.addAndGet(brokenChains);
  }

  void filled(long count) {
    gapsFilled.incrementAndGet();
    commitsFilled.addAndGet(count);
  }

  void chainBroken() {
    chainBreaks.incrementAndGet();
  }

  void insertedDirectly(long rows) {
    directInserts.addAndGet(rows);
  }
}
