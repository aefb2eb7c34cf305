package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Image;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which transactions have been read from the stream, for the case that it is lost. One thread only.
 *
 * <p>A heartbeat that comes back says that everything its snapshot sees was read. Beyond that the
 * ids of what was read are kept one by one, until a heartbeat covers them.
 */
final class Progress {
  private static final int MAX_BEATS = 30; // half a minute: a standby is seldom further behind

  /**
   * Of what is dropped too early the chain of revisions shows that it comes a second time: its keys
   * are reset.
   */
  private static final int MAX_XIDS = 200_000;

  /**
   * What was read up to some place.
   *
   * @param snapshot all that it sees
   * @param xids and these
   */
  record Seen(Snapshot snapshot, Set<Long> xids) {
    boolean has(long xid) {
      return snapshot.sees(xid) || xids.contains(xid);
    }

    /** Whether some transaction with this id or a lower one was not read, as far as can be told. */
    boolean lacksSomeUpTo(long xid) {
      return xid >= snapshot.xmax()
          || snapshot.running().stream().anyMatch(each -> each <= xid && !xids.contains(each));
    }
  }

  private record Covered(Lsn at, Snapshot snapshot) {}

  private record Read(Lsn end, long xid) {}

  private final Deque<Covered> beats = new ArrayDeque<>(); // in the order of the stream
  private final Deque<Read> commits = new ArrayDeque<>(); // what the oldest of them does not see
  private boolean loaded;
  private boolean inStep;
  private Lsn lastCommit = Lsn.ZERO;
  private long highestRevision;

  /** The image was loaded, and the stream begins at {@code from}. */
  void loaded(Lsn from, Image image) {
    beats.clear();
    commits.clear();
    loaded = true;
    inStep = false;
    lastCommit = from;
    image.rows().values().forEach(this::noteRevision);
  }

  /** The stream has passed the load: what it brings from now on is news to the image too. */
  void caughtUp() {
    inStep = true;
  }

  /** Whether an image was ever loaded. */
  boolean isLoaded() {
    return loaded;
  }

  /** Whether the image is what the stream leads to. */
  boolean isInStep() {
    return inStep;
  }

  /**
   * A commit was read.
   *
   * @param xid 0 when it is not known
   */
  void committed(Lsn end, long xid) {
    lastCommit = end;
    commits.add(new Read(end, xid));
    while (commits.size() > MAX_XIDS) {
      commits.remove();
    }
  }

  /** A heartbeat was read: everything that {@code snapshot} sees ended before {@code at}. */
  void heartbeat(Lsn at, Snapshot snapshot) {
    beats.add(new Covered(at, snapshot));
    while (beats.size() > MAX_BEATS) {
      beats.remove();
    }
    Snapshot oldest = beats.getFirst().snapshot();
    commits.removeIf(commit -> oldest.sees(commit.xid()));
  }

  /** Notes the revision of a row that was seen. */
  void noteRevision(Item item) {
    highestRevision = Math.max(highestRevision, item.revision());
  }

  /** The highest revision ever seen, also of commits that a failover has undone. */
  long highestRevision() {
    return highestRevision;
  }

  /** No commit that was read ends after this. */
  Lsn lastCommit() {
    return lastCommit;
  }

  /** What was read up to {@code end}; empty when no heartbeat that old is kept. */
  Optional<Seen> seenUpTo(Lsn end) {
    Covered newest = null;
    for (Covered beat : beats) {
      newest = beat.at().compareTo(end) <= 0 ? beat : newest;
    }
    if (newest == null) {
      return Optional.empty();
    }
    Set<Long> xids = new HashSet<>();
    for (Read commit : commits) {
      if (commit.end().compareTo(end) <= 0) {
        xids.add(commit.xid());
      }
    }
    return Optional.of(new Seen(newest.snapshot(), xids));
  }

  /** What was read beyond {@code end} never happened; no commit was among it. */
  void cut(Lsn end) {
    beats.removeIf(beat -> beat.at().compareTo(end) > 0);
  }

  /** The gap was filled up to {@code to}, where {@code snapshot} was taken. */
  void filled(Lsn to, Snapshot snapshot) {
    lastCommit = to;
    beats.clear();
    commits.clear();
    beats.add(new Covered(to, snapshot));
  }
}
