package dev.watchhub.verify.load;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.Promise;
import dev.watchhub.verify.Report;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.Violation;
import dev.watchhub.verify.WatchGuarantees;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.WatchStep;
import dev.watchhub.verify.record.SharedCommits;
import dev.watchhub.verify.record.WatchRecording;
import dev.watchhub.verify.source.SlotTruth;
import dev.watchhub.verify.source.TableTruth;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Load on a hub and its database while clients write down what they see, and the verdict on it.
 *
 * <p>It writes under a prefix of its own, reads the truth from a slot of its own, and takes away
 * both when it is closed.
 *
 * <p>Threading: one thread starts, stops and closes it, another may ask.
 */
public final class Verification implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);
  private static final long CUT_EVERY_NANOS = Duration.ofMillis(1500).toNanos();

  private final VerifyOptions options;
  private final String name;
  private final String prefix;
  private final Database database;
  private final LoadCounts counts = new LoadCounts();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Faults faults = this::fail;

  // Of the thread that starts, stops and closes.
  private final List<Writer> writers = new ArrayList<>();
  private final Resources load = new Resources();
  private final Resources all = new Resources();
  private @Nullable Watchers watchers;
  private @Nullable TruthReader truth;
  private @Nullable Worker truthWorker;
  private @Nullable TableTruth table;
  private boolean closed;

  private Verification(VerifyOptions options, String run) {
    this.options = options;
    this.name = "watchhub_verify_" + run;
    this.prefix = "/verify/" + run + "/";
    this.database = new Database(options, "watchhub-verify-" + run);
  }

  /**
   * Starts everything and returns when the load is on.
   *
   * @throws VerifyException if hub or database are not there or not fit for it; nothing is left
   */
  public static Verification start(VerifyOptions options) {
    long unlike = System.nanoTime() ^ ProcessHandle.current().pid(); // runs share no keys
    Verification verification =
        new Verification(options, Long.toString(unlike & 0xFFFF_FFFF_FFFFL, 36));
    try {
      verification.begin();
      return verification;
    } catch (SQLException e) {
      verification.close();
      throw new VerifyException("the database: " + firstLine(e), e);
    } catch (RuntimeException | Error e) {
      verification.close();
      throw e;
    }
  }

  private void begin() throws SQLException {
    Random random = new Random(options.seed());
    Connection connection = database.connect();
    all.own(connection);
    database.check(connection);
    Position hub = probe();
    Position here = SlotTruth.here(connection);
    if (hub.cluster() != here.cluster()) {
      throw new VerifyException(
          "the hub at %s follows the database cluster %s, and --jdbc-url is of %s"
              .formatted(
                  options.hub(),
                  Long.toUnsignedString(hub.cluster()),
                  Long.toUnsignedString(here.cluster())));
    }
    table = TableTruth.before(connection, options.schema(), prefix);
    Connection ofSlot = database.connect();
    all.own(ofSlot);
    SlotTruth slot =
        SlotTruth.create(ofSlot, name, options.schema(), prefix, !options.throughOutages());
    truth = new TruthReader(database, slot, ofSlot, options.throughOutages());
    watchers = all.own(Watchers.start(options, prefix, random, faults));
    awaitStarted(watchers);
    truthWorker = all.own(Worker.start("verify-truth", truth, faults));
    for (int i = 0; i < options.writers(); i++) {
      Writer writer =
          new Writer(
              database, prefix, i, new Random(random.nextLong()), counts, options.throughOutages());
      writers.add(writer);
      load.own(Worker.start("verify-writer-" + i, writer, faults));
    }
    if (options.compaction()) {
      Compactor compactor =
          new Compactor(
              database, prefix, new Random(random.nextLong()), counts, options.throughOutages());
      load.own(Worker.start("verify-compactor", compactor, faults));
    }
    watchers.startUnrest(random);
  }

  /** Where the hub stands, from its own words. */
  private Position probe() {
    WatchRequest request = new WatchRequest("probe", Filter.prefix(prefix + "probe"), null, false);
    try (WatchRecording probe =
        WatchRecording.start(options.hub(), request, new SharedCommits(), faults)) {
      await(START_LIMIT, () -> probe.position().isPresent() || !probe.trouble().isEmpty());
      return probe
          .position()
          .orElseThrow(
              () ->
                  new VerifyException(
                      probe.trouble().isEmpty()
                          ? "the hub at " + options.hub() + " says nothing: it is not ready"
                          : "the hub: " + probe.trouble()));
    }
  }

  private void awaitStarted(Watchers started) {
    for (WatchRecording recording : started.whole()) {
      if (!await(START_LIMIT, () -> recording.position().isPresent())) {
        throw new VerifyException(
            "the hub at "
                + options.hub()
                + " sent no snapshot in "
                + START_LIMIT.toSeconds()
                + " s");
      }
    }
  }

  private void fail(String component, Throwable cause) {
    if (failure.compareAndSet(null, cause)) {
      LOG.debug("{} has failed", component, cause);
    }
  }

  /** Whether something has failed that ends the verification. Any thread. */
  public boolean hasFailed() {
    return failure.get() != null;
  }

  /** What was written so far. Any thread. */
  public Load load() {
    return counts.load();
  }

  /** The keys that it writes start with this. */
  public String prefix() {
    return prefix;
  }

  /**
   * Ends the load, waits until the clients have what was committed, and checks.
   *
   * @throws VerifyException if hub or database went away
   */
  public Verdict stop() {
    try {
      return verdict();
    } catch (SQLException e) {
      throw new VerifyException("the database: " + firstLine(e), e);
    }
  }

  private Verdict verdict() throws SQLException {
    Watchers clients = watchers;
    TruthReader reader = truth;
    if (clients == null || reader == null || truthWorker == null || table == null) {
      throw new IllegalStateException("not started");
    }
    checkAlive();
    clients.stopUnrest();
    writers.forEach(Writer::finish);
    await(END_LIMIT, () -> writers.stream().allMatch(Writer::isFinished) || hasFailed());
    load.close();
    checkAlive();
    Position end = markEnd();
    List<String> late = awaitClients(clients, end);
    List<WatchHistory> histories = clients.finish();
    truthWorker.close();
    checkAlive();
    List<String> notes = new ArrayList<>();
    try (Connection connection = database.connect()) {
      Optional<Truth> ordered = reader.finish(END_LIMIT);
      Truth live = table.after(connection, options.compaction());
      if (ordered.isEmpty()) {
        notes.add(
            "the slot that the truth is read from was lost: order is checked key by key only");
      }
      Truth judged = ordered.orElse(live);
      Report report = WatchGuarantees.check(judged, histories);
      List<Violation> violations = new ArrayList<>(report.violations());
      for (String client : late) {
        violations.add(
            new Violation(
                Promise.RELIABLE,
                client,
                0,
                "everything up to " + end + " within " + END_LIMIT.toSeconds() + " s",
                "less"));
      }
      if (!judged.live().equals(live.live())) {
        violations.add(
            new Violation(
                Promise.CONVERGENT,
                "the table",
                0,
                "the commits in their order to add up to the table",
                "another sum: the order of a key's revisions is not that of its commits"));
      }
      addNotes(notes, judged, report, histories);
      return new Verdict(load(), judged, histories, report.with(violations), notes);
    }
  }

  private static void addNotes(
      List<String> notes, Truth truth, Report report, List<WatchHistory> histories) {
    long resets =
        histories.stream()
            .filter(history -> history.traits().contains(Trait.UNTIL_END))
            .flatMap(history -> history.steps().stream())
            .filter(step -> step instanceof WatchStep.Reset)
            .count();
    if (resets > 0) {
      notes.add(
          "watchers that stayed throughout were reset %d times: no promise is broken by that, but the hub could not go on"
              .formatted(resets));
    }
    if (truth.transactions().size() < 100) {
      notes.add(
          "only "
              + truth.transactions().size()
              + " transactions were committed: let it run for longer");
    }
    for (Promise promise : Promise.values()) {
      if (report.checked(promise) == 0) {
        notes.add("nothing put '" + promise.words() + "' to the test");
      }
    }
  }

  private void checkAlive() {
    Throwable cause = failure.get();
    if (cause != null) {
      String where = cause instanceof SQLException ? "the database: " : "";
      throw new VerifyException(where + firstLine(cause), cause);
    }
  }

  /** Writes one last row, and returns a position after everything that was written. */
  private Position markEnd() throws SQLException {
    long until = System.nanoTime() + END_LIMIT.toNanos();
    while (true) {
      try (Connection connection = database.connect();
          PreparedStatement statement = connection.prepareStatement("SELECT set(?, 'end')")) {
        while (database.isWriting(connection) && System.nanoTime() < until) {
          LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        statement.setString(1, prefix + "end");
        statement.execute();
        return SlotTruth.here(connection);
      } catch (SQLException e) {
        if (!options.throughOutages() || System.nanoTime() > until) {
          throw e;
        }
        LockSupport.parkNanos(LOOK_EVERY.toNanos());
      }
    }
  }

  /** Waits until all have what was written; returns who has not. */
  private List<String> awaitClients(Watchers clients, Position end) {
    long[] lastCut = {System.nanoTime()};
    await(
        END_LIMIT,
        () -> {
          List<WatchRecording> behind =
              clients.whole().stream().filter(r -> !Watchers.isAt(r, end)).toList();
          if (System.nanoTime() - lastCut[0] > CUT_EVERY_NANOS) {
            lastCut[0] = System.nanoTime();
            // Whoever was sent nothing of late gets a bookmark as soon as it has come back.
            behind.forEach(WatchRecording::cut);
          }
          return behind.isEmpty();
        });
    List<String> late = new ArrayList<>();
    for (WatchRecording recording : clients.whole()) {
      if (!Watchers.isAt(recording, end)) {
        late.add(recording.history().request().client());
      }
    }
    if (!late.isEmpty()) {
      probe(); // a hub that went away breaks no promise
    }
    return late;
  }

  private static boolean await(Duration limit, BooleanSupplier condition) {
    long until = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        return false;
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    return true;
  }

  static String firstLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  /** Ends everything and takes away keys, slot and publication. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    writers.forEach(Writer::finish);
    try {
      load.close();
      all.close();
    } finally {
      if (truth != null) {
        truth.disconnect();
      }
      if (table != null) { // else nothing was begun
        new CleanUp(database, prefix, name)
            .run(options.throughOutages() ? END_LIMIT : Duration.ZERO);
      }
    }
  }
}
