package dev.watchhub.hub.relay;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogEntry;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.hub.log.LogSearch;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.hub.log.LoggedChange;
import dev.watchhub.hub.relay.RelaySession.Moment;
import dev.watchhub.hub.relay.RelaySession.Written;
import dev.watchhub.hub.replication.Snapshot;
import dev.watchhub.protocol.Position;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the relay has come, in the log and in the database's record.
 *
 * <p>The log leads. Where it cannot, the table does: the rows outside of the recorded horizon. A
 * horizon is a snapshot that was taken together with a place in the write-ahead log; once the log
 * has been read up to there, all that the snapshot sees has been announced.
 *
 * <p>Threading: one thread.
 */
final class Course {
  /** What a turn has come to. */
  enum Turn {
    /** It has announced or recorded something; there may be more. */
    WENT_ON,
    /** The next commit cannot be seen by other sessions yet. */
    NOT_VISIBLE,
    /** Nothing is left to do. */
    DONE
  }

  private static final Logger LOG = LoggerFactory.getLogger(Course.class);

  /** Of one transaction, unless a single commit has more. */
  private static final int BATCH_ROWS = 1_000;

  /** So many rows that are not the relay's are passed over before the horizon is moved for them. */
  private static final int PASSED_ROWS = 100_000;

  private final ChangeLog log;

  // Where it is; means nothing before it is placed.
  private boolean placed;
  private long cursor;
  private Position relayed;
  private @Nullable Snapshot horizon;

  /** Transactions that the table did not show and that the log may have had already. */
  private Set<Long> stragglers = Set.of();

  /** Transactions that the table has shown and that the log may still bring. */
  private final Set<Long> fromTable = new HashSet<>();

  // How the horizon moves on.
  private @Nullable Moment next; // becomes the horizon when the log has been read up to it
  private boolean nextMatters; // to the record
  private boolean behind; // something was announced, or much passed over, since the moment
  private int passed;

  private @Nullable RelayRecord known; // as this hub wrote it, or read it last

  // Counted for the status.
  private long commits;
  private long transactions;

  Course(ChangeLog log) {
    this.log = log;
    this.relayed = log.state().position();
  }

  long commits() {
    return commits;
  }

  long transactions() {
    return transactions;
  }

  /** Passes over what is not the relay's, and says whether there is anything for the database. */
  boolean needsSession() {
    if (!placed) {
      return log.state().ready();
    }
    if (!collect().entries().isEmpty() || !placed) {
      return true;
    }
    Moment moment = next;
    return moment == null ? behind || !stragglers.isEmpty() : hasReached(moment);
  }

  private boolean hasReached(Moment moment) {
    return relayed.timeline() == moment.end().timeline()
        && relayed.lsn().compareTo(moment.end().lsn()) >= 0;
  }

  /** Whether a session could be let go. */
  boolean settled() {
    return placed && next == null && !behind && stragglers.isEmpty();
  }

  /** A session has failed: where it had come to is in the record. */
  void sessionFailed() {
    placed = false;
  }

  /** Goes on with a session that has just become the only relay. */
  void begin(RelaySession session) throws SQLException {
    RelayRecord record = session.record();
    placed &=
        record.equals(known); // else another hub has relayed, or a crash of the server lost it
    known = record;
  }

  /** Does the next thing. */
  Turn turn(RelaySession session) throws SQLException {
    if (!placed) {
      return place(session) ? Turn.WENT_ON : Turn.DONE;
    }
    Batch batch = collect();
    if (!placed) {
      return Turn.WENT_ON; // the log was trimmed or begun anew
    }
    return batch.entries().isEmpty() ? settle(session) : announce(session, batch);
  }

  /** Commits of the relay, and where the log was read up to for them. */
  private record Batch(List<LogEntry> entries, long cursor, Position end) {}

  private Batch collect() {
    LogState now = log.state();
    List<LogEntry> entries = new ArrayList<>();
    Position end = relayed;
    int rows = 0;
    long at = cursor;
    for (; at < now.next() && rows < BATCH_ROWS; at++) {
      if (!(log.read(at) instanceof LogRead.Found found)) {
        placed = false;
        return new Batch(List.of(), at, end);
      }
      LogEntry entry = found.entry();
      end = entry.resumable() ? entry.position() : end;
      if (entry.isByHub()) {
        entries.add(entry);
        rows += entry.changes().size();
      } else if (entries.isEmpty()) {
        passed += entry.frame() == null ? 0 : entry.changes().size();
      }
    }
    if (at == now.next()) {
      end = now.position();
    }
    if (entries.isEmpty()) {
      cursor = at;
      relayed = end;
      behind |= passed > PASSED_ROWS;
    }
    return new Batch(entries, at, end);
  }

  private Turn announce(RelaySession session, Batch batch) throws SQLException {
    Moment now = session.look();
    List<LogEntry> visible = visible(batch.entries(), now.snapshot());
    if (visible.isEmpty()) {
      session.commit();
      return Turn.NOT_VISIBLE;
    }
    Position end = relayed;
    List<String> keys = new ArrayList<>();
    List<Long> revisions = new ArrayList<>();
    for (LogEntry entry : visible) {
      if (fromTable.contains(entry.xid())) {
        continue;
      }
      commits++;
      for (LoggedChange change : entry.changes()) {
        if (change.byHub()) {
          keys.add(change.key());
          revisions.add(change.revision());
        }
      }
    }
    session.announce(keys, revisions);
    for (LogEntry entry : visible) {
      forget(entry.xid());
      end = entry.resumable() ? entry.position() : end;
    }
    moveHorizon(session);
    behind = true;
    if (next == null) {
      aimFor(now, true);
    }
    boolean whole = visible.size() == batch.entries().size();
    write(session, whole ? batch.end() : end);
    cursor = whole ? batch.cursor() : visible.get(visible.size() - 1).sequence() + 1;
    return Turn.WENT_ON;
  }

  /** The commits up to the first that other sessions may not see yet. */
  private static List<LogEntry> visible(List<LogEntry> entries, Snapshot snapshot) {
    int count = 0;
    while (count < entries.size() && snapshot.sees(entries.get(count).xid())) {
      count++;
    }
    return entries.subList(0, count);
  }

  /** Brings the record up to what was announced, so that little is repeated after a loss. */
  private Turn settle(RelaySession session) throws SQLException {
    Moment moment = next;
    if (moment == null) {
      boolean matters = behind;
      if (!matters && stragglers.isEmpty()) {
        return Turn.DONE;
      }
      aimFor(session.lookAlone(), matters);
      return Turn.DONE;
    }
    if (!hasReached(moment)) {
      return Turn.DONE;
    }
    int before = stragglers.size();
    boolean matters = nextMatters;
    moveHorizon(session);
    if (matters || stragglers.size() < before) {
      write(session, relayed);
    }
    return Turn.WENT_ON;
  }

  private void aimFor(Moment moment, boolean matters) {
    next = moment;
    nextMatters = matters;
    behind = false;
    passed = 0;
  }

  /**
   * Moves the horizon if the log has been read up to the next one. A straggler that it sees did not
   * come by the log, so the log had it before.
   */
  private void moveHorizon(RelaySession session) throws SQLException {
    Moment moment = next;
    if (moment == null || !hasReached(moment)) {
      return;
    }
    List<Long> ended = stragglers.stream().filter(moment.snapshot()::sees).sorted().toList();
    if (!ended.isEmpty()) {
      session.announceTransactions(ended);
      ended.forEach(this::forget);
    }
    fromTable.clear();
    horizon = moment.snapshot();
    next = null;
  }

  private void forget(long xid) {
    if (stragglers.contains(xid)) {
      Set<Long> rest = new HashSet<>(stragglers);
      rest.remove(xid);
      stragglers = rest;
    }
  }

  /** Without a position as long as the log alone does not lead on. */
  private void write(RelaySession session, Position position) throws SQLException {
    RelayRecord record =
        new RelayRecord(session.cluster(), stragglers.isEmpty() ? position : null, horizon);
    session.commit(record);
    relayed = position;
    known = record;
    transactions++;
  }

  /** Finds where the record leaves off, once the log can tell. */
  private boolean place(RelaySession session) throws SQLException {
    LogState now = log.state();
    RelayRecord record = known;
    if (!now.ready() || record == null) {
      return false;
    }
    next = null;
    stragglers = Set.of();
    fromTable.clear();
    passed = 0;
    horizon = record.horizon();
    Position position = record.position();
    boolean here = record.cluster().equals(session.cluster());
    if (here && horizon != null && position != null) {
      LogSearch search = log.find(now, position);
      if (search instanceof LogSearch.Beyond) {
        return false; // another hub's log has come further
      }
      if (search instanceof LogSearch.Resume resume) {
        relayed = position;
        cursor = resume.cursor();
        behind = true; // the horizon, perhaps
        placed = true;
        return true;
      }
    }
    readTable(session, now, here ? horizon : null);
    return true;
  }

  /** Announces what lies outside of the horizon, and goes on with what the log has from now on. */
  private void readTable(RelaySession session, LogState now, @Nullable Snapshot from)
      throws SQLException {
    long above = session.nextXid(); // after the log's state: of what that has read, none is above
    List<Written> found = new ArrayList<>();
    Snapshot seen =
        from == null ? session.lookAlone().snapshot() : session.readOutside(from, found);
    List<Long> chunk = new ArrayList<>();
    int rows = 0;
    for (Written each : found) {
      fromTable.add(each.xid());
      chunk.add(each.xid());
      rows += each.rows();
      if (rows >= BATCH_ROWS) {
        announceChunk(session, chunk);
        rows = 0;
      }
    }
    announceChunk(session, chunk);
    LOG.info(
        "relaying from {} on, {} commits came from the table", now.position().lsn(), found.size());
    commits += found.size();
    horizon = seen;
    stragglers = seen.unendedBelow(above);
    behind = !found.isEmpty();
    cursor = now.next();
    write(session, now.position());
    placed = true;
  }

  private void announceChunk(RelaySession session, Collection<Long> chunk) throws SQLException {
    if (!chunk.isEmpty()) {
      session.announceTransactions(chunk);
      session.commit();
      transactions++;
      chunk.clear();
    }
  }
}
