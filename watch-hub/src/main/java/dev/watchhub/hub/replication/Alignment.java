package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Ancestor;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.replication.TableSnapshot.Written;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes image, log and slot fit each other before the stream begins. One thread only.
 *
 * <p>Mostly they do: the slot has what follows the log. When it has not, the log is continued from
 * the table where that can be done exactly, and else begins anew.
 */
final class Alignment {
  private static final Logger LOG = LoggerFactory.getLogger(Alignment.class);

  /** Room in the sequence for revisions that are drawn while it is moved. */
  private static final long REVISION_MARGIN = 1_000;

  private final Source source;
  private final ChangeLog log;
  private final Progress progress;
  private final WalAllowance allowance;
  private final Counters counters;
  private final Consumer<String> status;
  private final Faults faults;
  private boolean slotUnreadable;

  /**
   * An alignment that was not asked yet.
   *
   * @param status is told what is waited for
   */
  Alignment(
      Source source,
      ChangeLog log,
      Progress progress,
      WalAllowance allowance,
      Counters counters,
      Consumer<String> status,
      Faults faults) {
    this.source = source;
    this.log = log;
    this.progress = progress;
    this.allowance = allowance;
    this.counters = counters;
    this.status = status;
    this.faults = faults;
  }

  /** What the slot holds is of no use: there will be a new one. */
  void slotIsUnreadable() {
    slotUnreadable = true;
  }

  /**
   * Where the stream begins.
   *
   * @param from the first commit sent starts here or later
   * @param slotBegin the slot has nothing before it, so that nothing older may be confirmed
   */
  record Start(Lsn from, Lsn slotBegin) {}

  /** Returns where to read on. */
  Start align(Connection stream, Connection session, ServerIdentity server) throws SQLException {
    allowance.serverKeeps(Setup.walLimit(session));
    List<Ancestor> ancestors = TimelineHistory.ask(stream, server.timeline());
    boolean continues = progress.isLoaded() && reachedBy(server, ancestors, session);
    Optional<Slot> slot = Slot.find(session, source);
    if (slot.isPresent() && slotUnreadable) {
      LOG.warn("dropping slot {}, which cannot be read any more", source.slot());
      Slot.drop(session, source);
      slot = Optional.empty();
    }
    if (slot.isEmpty()) {
      return withNewSlot(stream, session, server, ancestors, continues);
    }
    Lsn confirmed = slot.get().confirmed();
    Position held = log.state().position();
    if (continues && confirmed.compareTo(held.lsn()) <= 0) {
      return new Start(held.lsn(), confirmed);
    }
    try (TableSnapshot table = TableSnapshot.open(session, Optional.empty())) {
      restart(table, server.at(confirmed), ancestors);
    }
    return new Start(confirmed, confirmed);
  }

  /** Whether everything that the log has told also happened at this server. */
  private boolean reachedBy(ServerIdentity server, List<Ancestor> ancestors, Connection session)
      throws SQLException {
    Position held = log.state().position();
    if (held.cluster() != server.cluster()) {
      return false;
    }
    if (held.timeline() == server.timeline() && held.lsn().compareTo(server.flushed()) <= 0) {
      return true;
    }
    Optional<Ancestor> left =
        ancestors.stream().filter(each -> each.timeline() == held.timeline()).findFirst();
    if (left.isPresent()
        && progress.isInStep()
        && progress.lastCommit().compareTo(left.get().end()) <= 0) {
      Lsn end = left.get().end().compareTo(held.lsn()) < 0 ? left.get().end() : held.lsn();
      progress.cut(end);
      log.moveTo(server.at(end), quietUpTo(ancestors, held));
      LOG.info("timeline {} follows {}: nothing is lost", server.timeline(), held.timeline());
      return true;
    }
    LOG.warn(
        "the server, at {} on timeline {}, does not have all that was read, up to {} on {}: every watch is reset",
        server.flushed(),
        server.timeline(),
        held.lsn(),
        held.timeline());
    skipRevisions(session);
    return false;
  }

  private static List<Ancestor> quietUpTo(List<Ancestor> ancestors, Position held) {
    return ancestors.stream()
        .map(
            each ->
                each.timeline() == held.timeline() && each.end().compareTo(held.lsn()) < 0
                    ? new Ancestor(each.timeline(), each.end(), held.lsn())
                    : each)
        .toList();
  }

  /** Keeps revisions that were seen, and then undone by a failover, from being given out again. */
  private void skipRevisions(Connection session) {
    try (PreparedStatement statement =
        session.prepareStatement(
            """
            SELECT setval('config_revision_seq', ?) FROM config_revision_seq WHERE last_value < ?
            """)) {
      statement.setLong(1, progress.highestRevision() + REVISION_MARGIN);
      statement.setLong(2, progress.highestRevision());
      statement.execute();
    } catch (SQLException e) {
      LOG.warn(
          "the sequence of revisions was not moved past {}, the highest that was seen: {}",
          progress.highestRevision(),
          e.getMessage());
    }
  }

  private Start withNewSlot(
      Connection stream,
      Connection session,
      ServerIdentity server,
      List<Ancestor> ancestors,
      boolean continues)
      throws SQLException {
    Optional<Progress.Seen> seen =
        continues && progress.isInStep()
            ? progress.seenUpTo(log.state().position().lsn())
            : Optional.empty();
    slotUnreadable = true; // one that is made, and then not used, begins too late
    Slot.Created created = SlotCreation.create(stream, session, source, status, faults);
    Position to = server.at(created.consistentPoint());
    try (TableSnapshot table = TableSnapshot.open(session, Optional.of(created.snapshotName()))) {
      if (seen.isEmpty() || !fill(table, seen.get(), to)) {
        restart(table, to, ancestors);
      }
    }
    slotUnreadable = false;
    return new Start(created.consistentPoint(), created.consistentPoint());
  }

  /** Continues the log from the table; says whether that could be done. */
  private boolean fill(TableSnapshot table, Progress.Seen seen, Position to) throws SQLException {
    status.accept("filling the gap from the table");
    Optional<List<Written>> found = table.unseen(seen, log.bounds().maxBytes());
    if (found.isEmpty()) {
      return false;
    }
    List<Written> unseen = found.get();
    Image live = table.live().image();
    GapFill gap = GapFill.of(log.state().image(), unseen, table.hasLost(seen), live, to);
    log.fill(gap.missed(), gap.broken(), to);
    progress.filled(to.lsn(), table.seen());
    unseen.forEach(written -> progress.noteRevision(written.row().item()));
    counters.filled(gap.missed().size());
    LOG.info(
        "filled the gap up to {}: {} commits, {} keys with rows that compaction has taken",
        to.lsn(),
        gap.missed().size(),
        gap.broken().size());
    return true;
  }

  private void restart(TableSnapshot table, Position from, List<Ancestor> ancestors)
      throws SQLException {
    Position held = log.state().position();
    ResetReason reason =
        !progress.isLoaded() || held.equals(from.at(held.lsn()))
            ? ResetReason.EXPIRED
            : held.cluster() == from.cluster() ? ResetReason.TIMELINE : ResetReason.CLUSTER;
    status.accept("loading the table");
    TableSnapshot.Live live = table.live();
    log.restart(live.image(), from, ancestors, reason);
    progress.loaded(from.lsn(), live.image());
    counters.loaded(live.brokenChains());
    LOG.info("loaded {} keys", live.image().liveCount());
    if (live.brokenChains() > 0) {
      LOG.warn(
          "{} keys do not name their revision before: inserted directly?", live.brokenChains());
    }
  }
}
