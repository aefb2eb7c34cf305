package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.client.Watcher;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.Report;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.WatchGuarantees;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.record.SharedCommits;
import dev.watchhub.verify.record.WatchRecording;
import dev.watchhub.verify.source.SlotTruth;
import dev.watchhub.verify.source.TableTruth;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One stretch of load over a {@link FaultBed}: writers and watchers from before a fault until after
 * it, and the check of what came.
 *
 * <p>Its keys are its own, so that a bed can have one round after another.
 */
final class Round implements AutoCloseable {
  /** Where the truth is read. */
  enum Witness {
    /** A slot of its own, which knows the order of commits. */
    SLOT,
    /** The table, where slots die: the order is known of each key by itself. */
    TABLE,
    /** The table, some of whose rows compaction has removed. */
    COMPACTED_TABLE
  }

  /**
   * How much is going on.
   *
   * @param keys that the writers contend for
   * @param shortWatches clients that come back in a loop
   */
  record Load(Witness witness, int writers, int keys, int shortWatches, long seed) {
    static final Load USUAL = new Load(Witness.SLOT, 4, 12, 1, 9080);

    Load withWitness(Witness other) {
      return new Load(other, writers, keys, shortWatches, seed);
    }

    Load withWriters(int count, int contendedKeys) {
      return new Load(witness, count, contendedKeys, shortWatches, seed);
    }

    Load withShortWatches(int count) {
      return new Load(witness, writers, keys, count, seed);
    }

    Load withSeed(long other) {
      return new Load(witness, writers, keys, shortWatches, other);
    }
  }

  private final FaultBed bed;
  private final Load load;
  private final String prefix;
  private final Random random;
  private final Queue<AssertionError> faults = new ConcurrentLinkedQueue<>();
  private final Faults collect = (component, e) -> faults.add(new AssertionError(component, e));
  private final SharedCommits shared = new SharedCommits();
  private final Optional<SlotTruth> slotTruth;
  private final TableTruth tableTruth;
  private final List<WatchRecording> watches = new ArrayList<>();
  private final ListeningRecorder listening;
  private final Watcher listener;
  private final List<ShortWatches> shortWatches = new ArrayList<>();
  private final List<Worker> shortWatching = new ArrayList<>();
  private final RoundWriters writers;
  private int settled;
  private boolean closed;

  private Round(FaultBed bed, String name, Load load) throws SQLException {
    this.bed = bed;
    this.load = load;
    this.prefix = "/" + name + "/";
    this.random = new Random(load.seed());
    try (Connection connection = bed.connect()) {
      slotTruth =
          load.witness() == Witness.SLOT
              ? Optional.of(SlotTruth.create(connection, FaultBed.TRUTH, "public", prefix, false))
              : Optional.empty();
      tableTruth = TableTruth.before(connection, "public", prefix);
    }
    listening = new ListeningRecorder("listener", prefix, Trait.MERGED, Trait.FROM_BASE);
    listener = Watcher.ofDatabase(bed.writersUrl(), "public", List.of(prefix), listening, collect);
    watch(WatchRequest.fromTheBeginning("all", Filter.prefix(prefix)));
    watch(WatchRequest.fromTheBeginning("some", Filter.prefix(prefix + "k1")));
    watch(
        WatchRequest.fromTheBeginning(
            "deletions", new Filter(Set.of(prefix), Set.of(), EnumSet.of(Op.DELETE), false)));
    watch(
        WatchRequest.fromTheBeginning(
            "previous",
            new Filter(Set.of(), Set.of(prefix + "k2"), EnumSet.allOf(Op.class), true)));
    FaultBed.awaiting("every watch has its first snapshot")
        .until(
            () ->
                listening.hasBegun()
                    && watches.stream().allMatch(watch -> watch.position().isPresent()));
    for (int i = 0; i < load.shortWatches(); i++) {
      ShortWatches one =
          new ShortWatches(
              bed.hubUri(),
              watches.get(0),
              prefix,
              "short-" + i,
              random.nextLong(),
              shared,
              collect);
      shortWatches.add(one);
      shortWatching.add(Worker.start("short-watches", one, collect));
    }
    writers =
        RoundWriters.start(bed.writersUrl(), prefix, load.writers(), load.keys(), random, collect);
  }

  /**
   * Starts load over a bed whose hub is ready; returns when some has been written and seen.
   *
   * @param name of the round, a segment of a key
   */
  static Round start(FaultBed bed, String name, Load load) {
    try {
      Round round = new Round(bed, name, load);
      round.letWrite();
      return round;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void watch(WatchRequest request) {
    watches.add(WatchRecording.start(bed.hubUri(), request, shared, collect));
  }

  /** What all keys of the round start with. */
  String prefix() {
    return prefix;
  }

  RoundWriters writers() {
    return writers;
  }

  /** Draws what the fault leaves open. */
  Random random() {
    return random;
  }

  /** The recordings that go on from the beginning to the end. */
  List<WatchRecording> watches() {
    return watches;
  }

  ListeningRecorder listening() {
    return listening;
  }

  /** Waits until some more has been committed. */
  void letWrite() {
    writers.awaitMore(60);
  }

  /** Lets nobody write, and waits until everything that was written was delivered. */
  void settle() {
    writers.pause(true);
    awaitDelivery();
  }

  /** Waits until what is committed now has come to every watch. */
  private void awaitDelivery() {
    String last = prefix + "last" + settled++;
    bed.execute("SELECT set('%s', '')".formatted(last));
    Position end = endOfLog();
    for (WatchRecording watch : watches) {
      FaultBed.awaiting(
              "everything up to %s has come to '%s'".formatted(end, watch.history().request()))
          .until(() -> watch.position().filter(position -> isUpTo(end, position)).isPresent());
    }
    FaultBed.awaiting("the last key has come to the listener").until(() -> listening.hasSeen(last));
  }

  private Position endOfLog() {
    try (Connection connection = bed.connect()) {
      return SlotTruth.here(connection);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isUpTo(Position end, Position reached) {
    return reached.timeline() == end.timeline() && reached.lsn().compareTo(end.lsn()) >= 0;
  }

  /** What the table or the slot says was committed so far. */
  Truth truth() {
    try (Connection connection = bed.connect()) {
      return slotTruth.isPresent()
          ? slotTruth.get().finish(connection)
          : tableTruth.after(connection, load.witness() == Witness.COMPACTED_TABLE);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Ends the load when all was delivered, and checks every promise. */
  Outcome finish() {
    end();
    Report report = WatchGuarantees.check(truth(), histories());
    return new Outcome(report, longHistories(), writers.commitCount(), listening.restarts());
  }

  /** Ends the load when all was delivered. */
  void end() {
    writers.close();
    awaitDelivery();
    close();
  }

  /** Of all clients, the short ones too. Once it is closed. */
  List<WatchHistory> histories() {
    List<WatchHistory> all = new ArrayList<>(longHistories());
    shortWatches.forEach(one -> all.addAll(one.histories()));
    all.add(listening.history().with(Trait.UNTIL_END));
    return all;
  }

  /** Of the clients that went on from the beginning to the end. */
  List<WatchHistory> longHistories() {
    return watches.stream()
        .map(watch -> watch.history().with(Trait.FROM_BASE).with(Trait.UNTIL_END))
        .toList();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    writers.close();
    shortWatching.forEach(Worker::close);
    watches.forEach(WatchRecording::close);
    listener.close();
    assertThat(faults).as("threads of the round that failed").isEmpty();
  }
}
