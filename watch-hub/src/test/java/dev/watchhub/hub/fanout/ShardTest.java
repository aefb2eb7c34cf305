package dev.watchhub.hub.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.Image;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.log.Transaction;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One thread's part of the fan-out, stepped by the test. */
final class ShardTest {
  private static final Position START = new Position(9, 1, new Lsn(1000));

  private final AtomicLong nanos = new AtomicLong();
  private ChangeLog log;
  private Shard shard;
  private long revision = 10;
  private long lsn = 1000;

  @BeforeEach
  void start() {
    log = new ChangeLog(new LogBounds(20_000, Duration.ofMinutes(10), 1L << 40), nanos::get);
    shard = new Shard(log, Timing.DEFAULT, nanos::get);
  }

  private void load(String... keys) {
    List<Item> items = new ArrayList<>();
    for (String key : keys) {
      items.add(new Item(key, "v", 1, 1, 1, 0, null, null));
    }
    log.restart(Image.of(items), START.at(new Lsn(lsn)), List.of(), ResetReason.TIMELINE);
    log.ready(true);
  }

  private void commit(String... keys) {
    lsn += 100;
    log.append(transaction(START.at(new Lsn(lsn)), keys));
  }

  private Transaction transaction(Position position, String... keys) {
    List<Row> rows = new ArrayList<>();
    for (String key : keys) {
      rows.add(new Row(new Item(key, "v", ++revision, revision, 1, 0, null, null), 0, false));
    }
    return new Transaction(position, Instant.EPOCH, 0, rows);
  }

  private void settle() {
    while (shard.poll() > 0) {} // until there is nothing left to do
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    settle();
  }

  private ScriptedSink join(Filter filter, @Nullable Position since, boolean resettable) {
    return join(1, filter, since, resettable);
  }

  private ScriptedSink join(long id, Filter filter, @Nullable Position since, boolean resettable) {
    ScriptedSink sink = new ScriptedSink();
    shard.join(
        new Subscriber(
            id, "test", null, new WatchRequest(filter, since, resettable, resettable), sink, 5));
    settle();
    return sink;
  }

  private ScriptedSink join(String prefix) {
    return join(Filter.prefix(prefix), null, true);
  }

  @Test
  void doesNotPauseWhenItWasWokenDuringAPass() {
    settle();
    assertThat(shard.pause()).isPositive();
    shard.wake();
    assertThat(shard.pause()).isZero();
    settle();
    assertThat(shard.pause()).isPositive();
  }

  @Test
  void sendsASnapshotAndThenWhatMatches() {
    load("/a/1", "/b/1");
    ScriptedSink a = join("/a/");
    ScriptedSink all = join("/");
    commit("/b/2");
    commit("/a/2", "/b/3");
    settle();
    assertThat(a.summary()).containsExactly("snapshot", "synced", "/a/2");
    assertThat(all.summary()).containsExactly("snapshot", "synced", "/b/2", "/a/2", "/b/3");
  }

  @Test
  void knowsAsTheLastPositionOfASubscriberTheOneThatItWasSent() {
    load();
    join("/a/");
    commit("/a/1");
    Position sent = START.at(new Lsn(lsn));
    commit("/b/1"); // in the same pass
    settle();
    assertThat(shard.present()).singleElement().extracting(s -> s.position).isEqualTo(sent);
  }

  @Test
  void takesTheUnionOfPrefixesAndKeysOnce() {
    load("/a/1", "/a/2", "/b/1", "/c");
    Filter filter =
        new Filter(Set.of("/a/", "/a", "/c"), Set.of("/b/1", "/a/1"), Set.of(Op.PUT), false);
    ScriptedSink sink = join(filter, null, true);
    assertThat(sink.text())
        .containsOnlyOnce("\"/a/1\"")
        .containsOnlyOnce("\"/b/1\"")
        .contains("\"count\":4");
    sink.events();
    commit("/b/2");
    commit("/b/1", "/a/1");
    settle();
    assertThat(sink.summary()).containsExactly("/b/1", "/a/1");
  }

  @Test
  void waitsUntilTheHubIsReadyAndSaysThatItLives() {
    ScriptedSink sink = join("/");
    assertThat(sink.text()).isEqualTo(":\n\n");
    pass(Duration.ofSeconds(16));
    assertThat(sink.text()).isEqualTo(":\n\n:\n\n");
    load("/a");
    settle();
    assertThat(sink.summary()).containsExactly("snapshot", "synced");
  }

  @Test
  void turnsTheLagOfASlowSubscriberIntoOneLargerWrite() {
    load();
    ScriptedSink slow = join("/");
    ScriptedSink quick = join("/");
    slow.events();
    slow.stalled = true;
    commit("/1");
    settle();
    int before = slow.writes;
    for (int i = 2; i <= 9; i++) {
      commit("/" + i);
      settle();
    }
    assertThat(slow.writes).isEqualTo(before);
    slow.finishWrite();
    settle();
    assertThat(slow.writes).isEqualTo(before + 1);
    assertThat(slow.summary())
        .containsExactly("/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9");
    assertThat(quick.summary()).hasSize(10).startsWith("synced", "/1");
  }

  /** Those who lag, come late or wait see all that matches, whether the shard knew it or looks. */
  @Test
  void givesEachFilterAllThatMatchesHoweverFarItsSubscribersLag() {
    log = new ChangeLog(new LogBounds(1L << 30, Duration.ofMinutes(10), 1L << 40), nanos::get);
    shard = new Shard(log, Timing.DEFAULT, nanos::get);
    load();
    Random random = new Random(1);
    List<ScriptedSink> sinks = new ArrayList<>();
    List<List<String>> seen = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      sinks.add(join("/" + i % 6 + "/"));
      seen.add(new ArrayList<>());
      expected.add(new ArrayList<>());
    }
    for (int n = 0; n < 40_000; n++) {
      String key = "/" + random.nextInt(7) + "/" + n;
      commit(key);
      for (int i = 0; i < 12; i++) {
        if (key.startsWith("/" + i % 6 + "/")) {
          expected.get(i).add(key);
        }
      }
      if (random.nextInt(50) == 0) {
        settle();
      }
      if (random.nextInt(2_000) == 0) {
        ScriptedSink sink = sinks.get(random.nextInt(12));
        if (sink.isWriting()) {
          sink.finishWrite();
        }
        sink.stalled = !sink.stalled;
      }
      if (n % 1_000 == 0) {
        collect(sinks, seen);
      }
    }
    for (ScriptedSink sink : sinks) {
      sink.stalled = false;
      if (sink.isWriting()) {
        sink.finishWrite();
      }
    }
    settle();
    collect(sinks, seen);
    assertThat(seen).isEqualTo(expected);
  }

  /** Of so many commits that others have their turn in between. */
  @Test
  void looksThroughALongPastBeforeItSaysThatThereIsNoMore() {
    log = new ChangeLog(new LogBounds(1L << 30, Duration.ofMinutes(10), 1L << 40), nanos::get);
    shard = new Shard(log, Timing.DEFAULT, nanos::get);
    load();
    Position before = log.state().position();
    for (int n = 0; n < 10_000; n++) {
      commit("/b/" + n);
    }
    commit("/a/1");
    ScriptedSink sink = join(Filter.prefix("/a/"), before, true);
    assertThat(sink.summary()).containsExactly("/a/1", "bookmark");
  }

  private static void collect(List<ScriptedSink> sinks, List<List<String>> seen) {
    for (int i = 0; i < sinks.size(); i++) {
      sinks.get(i).summary().stream().filter(key -> key.startsWith("/")).forEach(seen.get(i)::add);
    }
  }

  @Test
  void resetsASubscriberThatFellOutOfTheLog() {
    load();
    ScriptedSink slow = join("/");
    slow.events();
    slow.stalled = true;
    for (int i = 0; i < 100; i++) {
      commit("/" + i);
      settle();
    }
    slow.stalled = false;
    slow.finishWrite();
    settle();
    assertThat(slow.text()).contains("event: reset\nid:\ndata: {\"reason\":\"lagged\"}");
    List<String> summary = slow.summary();
    assertThat(summary).startsWith("/0", "reset", "snapshot").endsWith("synced");
    commit("/next");
    settle();
    assertThat(slow.summary()).containsExactly("/next");
  }

  @Test
  void resetsEverybodyWhenTheLogRestarts() {
    load("/a");
    ScriptedSink idle = join("/");
    ScriptedSink strict = join(Filter.prefix("/"), START.at(new Lsn(lsn)), false);
    commit("/b");
    settle();
    assertThat(strict.summary()).containsExactly("bookmark", "/b");
    idle.events();
    load("/c");
    log.ready(false);
    settle();
    assertThat(idle.summary()).containsExactly("reset");
    assertThat(strict.ended).isEqualTo(": timeline\n\n");
    log.ready(true);
    settle();
    assertThat(idle.summary()).containsExactly("snapshot", "synced");
    assertThat(shard.present()).hasSize(1);
  }

  @Test
  void refusesALostPositionBeforeTheStreamIsOpen() {
    ScriptedSink sink = join(Filter.prefix("/"), START.at(new Lsn(10)), false);
    assertThat(sink.text()).isEmpty();
    load();
    settle();
    assertThat(sink.refused).isEqualTo(ResetReason.EXPIRED);
    assertThat(sink.writes).isZero();
    assertThat(shard.present()).isEmpty();
  }

  @Test
  void holdsAPositionFromAheadUntilAHeartbeatHasPassed() {
    load();
    ScriptedSink reached = join(Filter.prefix("/"), START.at(new Lsn(1050)), true);
    ScriptedSink never = join(Filter.prefix("/"), START.at(new Lsn(9999)), true);
    log.advance(START.at(new Lsn(1020)), 5); // sent before they came
    settle();
    assertThat(reached.events()).isEmpty();
    commit("/a"); // ends at 1100
    settle();
    assertThat(reached.summary()).containsExactly("/a", "bookmark");
    assertThat(never.events()).isEmpty();
    log.advance(START.at(new Lsn(1200)), 6);
    settle();
    assertThat(never.text()).contains("\"reason\":\"ahead\"");
    assertThat(never.summary()).containsExactly("reset", "snapshot", "synced");
  }

  @Test
  void sendsBookmarksOfWhatItHasPassed() {
    load();
    ScriptedSink sink = join("/none/");
    sink.events();
    commit("/other");
    log.advance(START.at(new Lsn(5000)), 6);
    pass(Duration.ofSeconds(10));
    assertThat(sink.text()).contains("id: " + START.at(new Lsn(5000)));
    assertThat(sink.summary()).containsExactly("bookmark");
    log.ready(false);
    pass(Duration.ofSeconds(20));
    assertThat(sink.summary()).isEmpty();
    log.ready(true);
    settle();
    assertThat(sink.summary()).containsExactly("bookmark");
  }

  @Test
  void sendsAChangeOfTheKeyThatIsAsLongAsThePrefix() {
    load();
    ScriptedSink sink = join("/a");
    commit("/a");
    settle();
    assertThat(sink.summary()).containsExactly("synced", "/a");
  }

  @Test
  void resetsWhoLacksRowsWhateverKindOfChangeHeAskedFor() {
    load("/a");
    Filter deletes = new Filter(Set.of("/a"), Set.of(), Set.of(Op.DELETE), false);
    ScriptedSink sink = join(deletes, null, true);
    ScriptedSink other = join("/b");
    sink.events();
    other.events();
    log.fill(List.of(), Map.of("/a", Optional.empty()), START.at(new Lsn(1200)));
    settle();
    assertThat(sink.summary()).containsExactly("reset", "synced");
    assertThat(other.summary()).isEmpty();
  }

  @Test
  void sendsABookmarkBehindAnEventThatHasNoId() {
    load();
    ScriptedSink a = join("/a/");
    ScriptedSink b = join("/b/");
    a.events();
    b.events();
    Position end = START.at(new Lsn(1200));
    log.fill(List.of(transaction(end, "/a/1"), transaction(end, "/b/1")), Map.of(), end);
    settle();
    assertThat(a.text()).contains("id: " + end);
    assertThat(a.summary()).containsExactly("/a/1", "bookmark");
    assertThat(b.summary()).containsExactly("/b/1");
  }

  @Test
  void countsAnEventWithoutAnIdAsSentWhenTheBookmarkBehindItIs() {
    load();
    ScriptedSink sink = join("/a/");
    sink.stalled = true;
    Position end = START.at(new Lsn(1200));
    log.fill(List.of(transaction(end, "/a/1"), transaction(end, "/b/1")), Map.of(), end);
    settle();
    assertThat(shard.present()).singleElement().extracting(s -> s.position).isNotEqualTo(end);
    sink.stalled = false;
    sink.finishWrite();
    settle();
    assertThat(shard.present()).singleElement().extracting(s -> s.position).isEqualTo(end);
  }

  @Test
  void goesOnWithAnIdleSubscriberWhoseCommentWasSlow() {
    load();
    ScriptedSink sink = join("/a/");
    sink.events();
    sink.stalled = true;
    pass(Duration.ofSeconds(9));
    nanos.addAndGet(Duration.ofSeconds(16).toNanos());
    log.ready(false); // no bookmark: a comment
    settle();
    commit("/a/1");
    settle();
    sink.stalled = false;
    sink.finishWrite();
    commit("/a/2");
    log.ready(true);
    settle();
    assertThat(sink.summary()).containsExactly("/a/1", "/a/2", "bookmark");
  }

  @Test
  void cutsOffASubscriberThatTakesNoBytes() {
    load();
    ScriptedSink sink = join("/");
    sink.stalled = true;
    commit("/a");
    settle();
    pass(Duration.ofSeconds(29));
    assertThat(sink.aborted).isNull();
    pass(Duration.ofSeconds(2));
    assertThat(sink.aborted).contains("no bytes");
    assertThat(shard.present()).isEmpty();
  }

  @Test
  void keepsASubscriberThatTakesALargeCommitSlowly() {
    log = new ChangeLog(new LogBounds(1 << 22, Duration.ofMinutes(10), 1L << 40), nanos::get);
    shard = new Shard(log, Timing.DEFAULT, nanos::get);
    load();
    ScriptedSink sink = join("/");
    sink.events();
    sink.stalled = true;
    String[] keys = new String[10_000];
    Arrays.setAll(keys, i -> "/key/%05d".formatted(i));
    commit(keys);
    settle();
    int pieces = 0;
    while (shard.present().iterator().next().rest != null) {
      pass(Duration.ofSeconds(20)); // each piece within the deadline, the whole far beyond it
      sink.finishWrite();
      settle();
      pieces++;
    }
    sink.stalled = false;
    sink.finishWrite();
    settle();
    assertThat(pieces).isGreaterThan(5);
    assertThat(sink.aborted).isNull();
    assertThat(sink.summary()).startsWith(keys);
  }

  @Test
  void cutsALargeSnapshotIntoChunks() {
    String[] keys = new String[5_000];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "/key/%05d".formatted(i);
    }
    load(keys);
    ScriptedSink sink = join("/key/");
    List<String> summary = sink.summary();
    assertThat(summary).hasSizeGreaterThan(5).endsWith("synced");
    assertThat(summary.subList(0, summary.size() - 1)).containsOnly("snapshot");
  }

  @Test
  void sendsASnapshotOfThePositionThatItStates() {
    ScriptedSink first = join("/");
    ScriptedSink second = join("/");
    first.events();
    second.events();
    first.atWrite =
        () -> {
          first.atWrite = () -> {};
          commit("/new"); // after the shard has looked at the log, before the second is served
        };
    load("/old");
    settle();
    assertThat(second.text()).contains("\"count\":1");
    assertThat(second.summary()).containsExactly("snapshot", "synced", "/new");
  }

  @Test
  void sendsNoBookmarkOfWhatItHasNotLookedAt() {
    load();
    ScriptedSink first = join("/none/");
    ScriptedSink second = join("/");
    first.events();
    second.events();
    first.atWrite =
        () -> {
          first.atWrite = () -> {};
          commit("/new");
        };
    pass(Duration.ofSeconds(10));
    assertThat(second.text()).contains("event: bookmark\nid: " + START + "\n");
    assertThat(second.summary()).containsExactly("bookmark", "/new");
  }

  @Test
  void wakesWhoWaitsWhenAnotherOfTheSamePrefixHasGoneInTheMiddleOfAWrite() {
    load();
    ScriptedSink waiting = join("/");
    ScriptedSink stalled = join("/");
    stalled.stalled = true;
    commit("/a");
    settle();
    assertThat(stalled.isWriting()).isTrue();
    pass(Duration.ofSeconds(31));
    assertThat(stalled.aborted).isNotNull();
    assertThat(shard.present()).hasSize(1);
    waiting.events();
    commit("/b");
    settle();
    assertThat(waiting.summary()).containsExactly("/b");
  }

  @Test
  void sendsBookmarksAFewAtATimeSinceEventsWaitForThem() {
    load();
    List<ScriptedSink> sinks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      sinks.add(join(2L * i, Filter.prefix("/" + i + "/"), null, true)); // one shard of two
    }
    sinks.forEach(ScriptedSink::events);
    long all = 0;
    for (int tick = 0; tick <= 100; tick++) {
      pass(Duration.ofMillis(100));
      long sent =
          sinks.stream()
              .flatMap(sink -> sink.summary().stream())
              .filter("bookmark"::equals)
              .count();
      assertThat(sent).isLessThanOrEqualTo(30);
      all += sent;
    }
    assertThat(all).isBetween(1_000L, 1_020L);
  }

  @Test
  void opensTheStreamOfWhoMayBeRefusedWhenTheWaitIsLong() {
    ScriptedSink sink = join(Filter.prefix("/"), START.at(new Lsn(10)), false);
    pass(Duration.ofSeconds(14));
    assertThat(sink.text()).isEmpty();
    pass(Duration.ofSeconds(2));
    assertThat(sink.text()).isEqualTo(":\n\n"); // a client that has gone shows at a write only
    load();
    settle();
    assertThat(sink.ended).isEqualTo(": expired\n\n");
    assertThat(shard.present()).isEmpty();
  }
}
