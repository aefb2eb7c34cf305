package dev.watchhub.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.Change.Prev;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ChangeLogTest {
  private static final Position START = new Position(9, 1, new Lsn(1000));

  private final AtomicLong nanos = new AtomicLong();
  private ChangeLog log;

  @BeforeEach
  void start() {
    log = log(1 << 20);
  }

  private ChangeLog log(long maxBytes) {
    ChangeLog fresh =
        new ChangeLog(new LogBounds(maxBytes, Duration.ofMinutes(10), 100_000), nanos::get);
    fresh.restart(Image.of(List.of(item("/a", "1", 1, 1))), START, List.of(), ResetReason.EXPIRED);
    return fresh;
  }

  private static Item item(String key, @Nullable String value, long revision, long version) {
    return new Item(key, value, revision, revision, version, 0, null, null);
  }

  private static Transaction commit(long lsn, Row... rows) {
    return new Transaction(START.at(new Lsn(lsn)), Instant.EPOCH, 0, List.of(rows));
  }

  private static Row put(String key, String value, long revision, long prev) {
    return new Row(item(key, value, revision, prev == 0 ? 1 : 2), prev, false);
  }

  private static Row delete(String key, long revision, long prev) {
    return new Row(item(key, null, revision, 0), prev, false);
  }

  private @Nullable String value(String key) {
    Item held = log.state().image().get(key);
    return held == null ? null : held.value();
  }

  @Test
  void startsAnewAfterACommitThatIsTooLargeAndForgetsTombstones() {
    log.append(commit(1100, delete("/a", 2, 1)));
    log.overrun(START.at(new Lsn(1200)), List.of(item("/b", "1", 3, 1), item("/c", null, 4, 0)));
    assertThat(log.state().image().rows()).containsOnlyKeys("/b");
    assertThat(log.read(1)).isEqualTo(new LogRead.Trimmed(ResetReason.EXPIRED));
    assertThat(find(1199)).isEqualTo(new LogSearch.Lost(ResetReason.EXPIRED));
    assertThat(find(1200)).isInstanceOf(LogSearch.Resume.class);
  }

  private LogSearch find(long lsn) {
    return log.find(log.state(), START.at(new Lsn(lsn)));
  }

  @Test
  void findsTheFirstCommitThatEndsAfterAPosition() {
    long first = log.state().next();
    log.append(commit(2000, put("/a", "2", 2, 1)));
    log.append(commit(3000, put("/a", "3", 3, 2)));
    assertThat(find(1000)).isEqualTo(new LogSearch.Resume(first));
    assertThat(find(1999)).isEqualTo(new LogSearch.Resume(first));
    assertThat(find(2000)).isEqualTo(new LogSearch.Resume(first + 1));
    assertThat(find(2500)).isEqualTo(new LogSearch.Resume(first + 1));
    assertThat(find(3000)).isEqualTo(new LogSearch.Resume(first + 2));
    assertThat(find(3001)).isEqualTo(new LogSearch.Beyond());
    assertThat(find(999)).isEqualTo(new LogSearch.Lost(ResetReason.EXPIRED));
    assertThat(log.find(log.state(), new Position(8, 1, new Lsn(2000))))
        .isEqualTo(new LogSearch.Lost(ResetReason.CLUSTER));
    assertThat(log.find(log.state(), new Position(9, 2, new Lsn(2000))))
        .isEqualTo(new LogSearch.Lost(ResetReason.TIMELINE));
  }

  @Test
  void knowsWhatAKeyHeldBefore() {
    long first = log.state().next();
    log.append(
        commit(
            2000,
            put("/a", "2", 2, 1),
            put("/new", "n", 3, 0),
            delete("/a", 4, 2),
            put("/gone", "g", 5, 3),
            put("/a", "by hand", 6, Row.UNKNOWN)));
    LogEntry entry = ((LogRead.Found) log.read(first)).entry();
    assertThat(entry.changes())
        .extracting(LoggedChange::prev)
        .containsExactly(
            new Prev("1", 1, true),
            new Prev(null, 0, true),
            new Prev("2", 2, true),
            new Prev(null, 3, false),
            new Prev(null, 4, true));
  }

  @Test
  void keepsTheNewerRowInTheImageAndEveryCommitInTheLog() {
    long first = log.state().next();
    log.restart(
        Image.of(List.of(item("/a", "7", 7, 7))),
        START.at(new Lsn(5000)),
        List.of(),
        ResetReason.EXPIRED);
    log.append(commit(6000, put("/a", "6", 6, 5)));
    assertThat(value("/a")).isEqualTo("7");
    assertThat(log.state().next()).isEqualTo(first + 2);
    log.append(commit(7000, put("/a", "8", 8, 7)));
    assertThat(value("/a")).isEqualTo("8");
  }

  @Test
  void dropsTheOldestCommitsThatExceedItsBytes() {
    log = log(2_000);
    long first = log.state().next();
    for (int i = 0; i < 10; i++) {
      log.append(commit(2000 + i, put("/k" + i, "v", 10 + i, 0)));
    }
    LogState state = log.state();
    assertThat(state.oldest()).isGreaterThan(first).isLessThan(state.next());
    assertThat(log.read(first)).isEqualTo(new LogRead.Trimmed(ResetReason.LAGGED));
    assertThat(log.read(state.oldest())).isInstanceOf(LogRead.Found.class);
    assertThat(find(state.oldestPosition().lsn().value()))
        .isEqualTo(new LogSearch.Resume(state.oldest()));
    assertThat(find(state.oldestPosition().lsn().value() - 1))
        .isEqualTo(new LogSearch.Lost(ResetReason.EXPIRED));
  }

  @Test
  void movesItsOldestPositionWhileNothingIsCommitted() {
    log.append(commit(2000, put("/a", "2", 2, 1)));
    for (int second = 1; second <= 700; second++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      log.advance(START.at(new Lsn(2000 + second)), second);
    }
    assertThat(log.state().oldest()).isEqualTo(log.state().next());
    assertThat(log.state().oldestPosition().lsn()).isEqualTo(new Lsn(2000 + 99));
    log.advance(START.at(new Lsn(500_000)), 701); // more than the bound, at a stroke
    assertThat(log.state().oldestPosition().lsn()).isEqualTo(new Lsn(500_000));
    assertThat(find(500_000)).isEqualTo(new LogSearch.Resume(log.state().next()));
  }

  @Test
  void forgetsATombstoneWithTheCommitThatWroteIt() {
    log.append(commit(2000, delete("/a", 2, 1)));
    assertThat(log.state().image().rows()).containsKey("/a");
    assertThat(log.state().image().liveCount()).isZero();
    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    log.advance(START.at(new Lsn(3000)), 1);
    assertThat(log.state().image().rows()).isEmpty();
  }

  @Test
  void voidsEveryCursorWhenItRestarts() {
    long cursor = log.state().next();
    log.append(commit(2000, put("/a", "2", 2, 1)));
    long caughtUp = log.state().next();
    log.restart(Image.EMPTY, START.at(new Lsn(5000)), List.of(), ResetReason.TIMELINE);
    assertThat(log.read(cursor)).isEqualTo(new LogRead.Trimmed(ResetReason.TIMELINE));
    assertThat(log.read(caughtUp)).isEqualTo(new LogRead.Trimmed(ResetReason.TIMELINE));
    assertThat(log.read(log.state().next())).isEqualTo(new LogRead.CaughtUp());
  }

  @Test
  void appliesACommitThatIsTooBigWithoutKeepingIt() {
    log = log(2_000);
    long cursor = log.state().next();
    log.append(commit(2000, put("/a", "x".repeat(3_000), 2, 1)));
    assertThat(log.read(cursor)).isEqualTo(new LogRead.Trimmed(ResetReason.EXPIRED));
    assertThat(value("/a")).hasSize(3_000);
    assertThat(log.state().position().lsn()).isEqualTo(new Lsn(2000));
    assertThat(log.state().oldestPosition().lsn()).isEqualTo(new Lsn(2000));
  }

  @Test
  void givesEveryReaderEveryCommitInOrderWhileItGrows() {
    ChangeLog large =
        new ChangeLog(new LogBounds(64 << 20, Duration.ofMinutes(10), 100_000), nanos::get);
    large.restart(Image.EMPTY, START, List.of(), ResetReason.EXPIRED);
    long first = large.state().next();
    int count = 20_000;
    CompletableFuture<Long> reader =
        CompletableFuture.supplyAsync(
            () -> {
              long cursor = first;
              while (cursor < first + count) {
                if (large.read(cursor) instanceof LogRead.Found found) {
                  assertThat(found.entry().sequence()).isEqualTo(cursor);
                  cursor++;
                }
              }
              return cursor;
            });
    for (int i = 0; i < count; i++) {
      large.append(commit(2000 + i, put("/a", "v", 2 + i, 1 + i)));
    }
    assertThat(reader.join()).isEqualTo(first + count);
  }

  @Test
  void doesNotTakeALaterValueForTheOneBefore() {
    log.restart(Image.of(List.of(item("/d", "b", 4, 1))), START, List.of(), ResetReason.EXPIRED);
    long first = log.state().next();
    log.append(commit(2000, put("/d", "a", 3, Row.UNKNOWN), put("/d", "b", 4, Row.UNKNOWN)));
    assertThat(((LogRead.Found) log.read(first)).entry().changes())
        .extracting(change -> change.prev().known())
        .containsExactly(false, false);
  }

  private List<String> keysFrom(long lsn) {
    List<String> keys = new ArrayList<>();
    long cursor = ((LogSearch.Resume) find(lsn)).cursor();
    while (log.read(cursor) instanceof LogRead.Found found) {
      found.entry().changes().forEach(change -> keys.add(change.key()));
      cursor++;
    }
    return keys;
  }

  @Test
  void resumesBeforeAndBehindAGapThatWasFilledButNotInside() {
    log.append(commit(1100, put("/a", "2", 2, 1)));
    Position to = START.at(new Lsn(1500));
    log.fill(
        List.of(
            new Transaction(to, null, 7, List.of(put("/b", "3", 3, 0))),
            new Transaction(to, null, 8, List.of(put("/a", "4", 4, 2)))),
        Map.of(),
        to);
    log.append(commit(1600, put("/c", "5", 5, 0)));
    assertThat(keysFrom(1000)).containsExactly("/a", "/b", "/a", "/c");
    assertThat(keysFrom(1100)).containsExactly("/b", "/a", "/c");
    assertThat(keysFrom(1500)).containsExactly("/c");
    assertThat(find(1101)).isEqualTo(new LogSearch.Lost(ResetReason.EXPIRED));
    assertThat(find(1499)).isEqualTo(new LogSearch.Lost(ResetReason.EXPIRED));
    long first = ((LogSearch.Resume) find(1100)).cursor();
    assertThat(((LogRead.Found) log.read(first)).entry().resumable()).isFalse();
    assertThat(((LogRead.Found) log.read(first + 1)).entry().resumable()).isTrue();
    assertThat(value("/a")).isEqualTo("4");
  }

  @Test
  void tellsThoseWhoWatchABrokenKeyAndTakesTheTablesRow() {
    Position to = START.at(new Lsn(1500));
    log.fill(List.of(), Map.of("/a", Optional.of(item("/a", "0", 0, 1))), to);
    LogEntry entry = ((LogRead.Found) log.read(((LogSearch.Resume) find(1000)).cursor())).entry();
    assertThat(entry.breaks(Filter.prefix("/a"))).isTrue();
    assertThat(entry.breaks(Filter.prefix("/b"))).isFalse();
    assertThat(entry.eventFor(Filter.prefix("/a"))).isEmpty();
    assertThat(value("/a")).isEqualTo("0");
  }

  @Test
  void startsAnewWhenAFilledGapIsLargerThanTheLog() {
    log = log(1000);
    Position to = START.at(new Lsn(1500));
    List<Transaction> many =
        IntStream.range(0, 10)
            .mapToObj(i -> new Transaction(to, null, i, List.of(put("/k" + i, "v", 10 + i, 0))))
            .toList();
    log.fill(many, Map.of(), to);
    assertThat(log.state().image().liveCount()).isEqualTo(11);
    assertThat(find(1000)).isEqualTo(new LogSearch.Lost(ResetReason.EXPIRED));
    assertThat(find(1500)).isInstanceOf(LogSearch.Resume.class);
  }

  @Test
  void goesOnOnTheNextTimelineWhereThisOneWasLeft() {
    log.append(commit(1100, put("/a", "2", 2, 1)));
    log.advance(START.at(new Lsn(1300)), 1);
    Position next = new Position(9, 2, new Lsn(1200));
    log.moveTo(next, List.of(new Ancestor(1, new Lsn(1200), new Lsn(1300))));
    log.append(
        new Transaction(next.at(new Lsn(1250)), Instant.EPOCH, 9, List.of(put("/b", "3", 3, 0))));
    assertThat(keysFrom(1000)).containsExactly("/a", "/b");
    assertThat(keysFrom(1300)).as("no commit lay beyond the end").containsExactly("/b");
    assertThat(find(1301)).isEqualTo(new LogSearch.Lost(ResetReason.TIMELINE));
    assertThat(log.find(log.state(), new Position(9, 2, new Lsn(1250))))
        .isEqualTo(new LogSearch.Resume(log.state().next()));
    assertThat(log.find(log.state(), new Position(9, 3, new Lsn(1250))))
        .isEqualTo(new LogSearch.Lost(ResetReason.TIMELINE));
    nanos.addAndGet(Duration.ofMinutes(11).toNanos());
    log.advance(next.at(new Lsn(1400)), 2);
    assertThat(log.state().oldestPosition()).isEqualTo(next.at(new Lsn(1250)));
  }

  @Test
  void namesThePositionThatIsNoFartherBackThanTheServerKeeps() {
    log.append(commit(1100, put("/a", "2", 2, 1)));
    log.advance(START.at(new Lsn(1200)), 1);
    log.advance(START.at(new Lsn(1300)), 2);
    assertThat(log.within(300)).isEqualTo(START);
    assertThat(log.within(299)).isEqualTo(START.at(new Lsn(1200)));
    assertThat(log.within(99)).isEqualTo(START.at(new Lsn(1300)));
    assertThat(keysFrom(1000)).as("it keeps what it has").containsExactly("/a");
  }
}
