package dev.watchhub.dataplane.routes;

import static dev.watchhub.dataplane.routes.Rows.commit;
import static dev.watchhub.dataplane.routes.Rows.route;
import static dev.watchhub.dataplane.routes.Rows.row;
import static dev.watchhub.dataplane.routes.Rows.tombstone;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.watchhub.client.WatchStatus;
import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RouteFollowerTest {
  private static final String UP = "http://127.0.0.1:9380";

  private final Logger logger = (Logger) LoggerFactory.getLogger(RouteFollower.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final RouteFollower follower =
      new RouteFollower(
          RouteImage.EMPTY,
          () -> Instant.ofEpochMilli(Rows.CREATE_TIME + 3),
          new RouteFollower.Observer() {});

  @BeforeEach
  void listenToTheLog() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void leaveTheLog() {
    logger.detachAppender(log);
  }

  private Optional<Long> revisionAt(String path) {
    return follower.image().table().find("", path, "GET").map(Route::revision);
  }

  private List<String> logged() {
    List<String> lines = log.list.stream().map(e -> e.getLevel() + " " + e).toList();
    log.list.clear();
    return lines;
  }

  @Test
  void knowsNothingBeforeTheFirstSnapshot() {
    assertThat(follower.image().isSynced()).isFalse();

    follower.onSnapshot(List.of());

    assertThat(follower.image().isSynced()).isTrue();
  }

  @Test
  void logsEachAppliedChangeWithItsDelay() {
    follower.onSnapshot(List.of());
    logged();

    follower.onCommit(commit(route("foo", 10, "/get", UP), route("bar", 11, "/b/*", UP)));
    follower.onCommit(commit(tombstone("bar", 12)));

    assertThat(logged())
        .containsExactly(
            "INFO [INFO] applied put /routes/foo rev=10 /get -> " + UP + " watch_delay=3 ms",
            "INFO [INFO] applied put /routes/bar rev=11 /b/* -> " + UP + " watch_delay=3 ms",
            "INFO [INFO] applied delete /routes/bar rev=12 watch_delay=3 ms");
    assertThat(revisionAt("/get")).contains(10L);
    assertThat(revisionAt("/b/x")).isEmpty();
  }

  @Test
  void logsHowManyMoreChangesWereAppliedInASecondOfMany() throws Exception {
    follower.onSnapshot(List.of());
    logged();

    for (int i = 0; i < AppliedLog.MAX_LINES + 3; i++) {
      follower.onCommit(commit(route("foo", i, "/get", UP)));
    }
    assertThat(logged()).hasSize(AppliedLog.MAX_LINES);

    follower.appliedLog().poll();
    assertThat(logged())
        .containsExactly(
            "INFO [INFO] applied 3 more changes within a second, watch_delay=3 ms at most");

    follower.onCommit(commit(route("foo", 30, "/get", UP)));
    follower.appliedLog().poll();
    assertThat(logged())
        .containsExactly(
            "INFO [INFO] applied put /routes/foo rev=30 /get -> " + UP + " watch_delay=3 ms");
  }

  @Test
  void aTombstoneOfAnUnknownKeyIsNothing() {
    follower.onSnapshot(List.of(route("foo", 1, "/get", UP)));
    logged();

    follower.onCommit(commit(tombstone("bar", 2)));

    assertThat(revisionAt("/get")).contains(1L);
    assertThat(logged()).isEmpty();
  }

  @Test
  void aBadValueKeepsTheLastGoodOneAndTheRestOfItsCommit() {
    follower.onSnapshot(List.of(route("foo", 1, "/get", UP)));
    logged();

    follower.onCommit(commit(row("foo", 2, "{\"uri\":\"/sec\"}"), route("bar", 3, "/b", UP)));

    assertThat(revisionAt("/get")).contains(1L);
    assertThat(revisionAt("/b")).contains(3L);
    assertThat(follower.image().refused())
        .containsExactly(new RefusedValue("/routes/foo", 2, "'upstream' is missing"));
    assertThat(logged())
        .contains("WARN [WARN] refused put /routes/foo rev=2: 'upstream' is missing; rev=1 stays");
  }

  @Test
  void aGoodValueOrATombstoneClearsARefusal() {
    follower.onSnapshot(List.of(row("foo", 1, "x"), row("bar", 2, "x")));
    assertThat(follower.image().refused()).hasSize(2);

    follower.onCommit(commit(route("foo", 3, "/get", UP), tombstone("bar", 4)));

    assertThat(follower.image().refused()).isEmpty();
    assertThat(revisionAt("/get")).contains(3L);
  }

  @Test
  void aBadValueAfterATombstoneHasNoLastGoodOne() {
    follower.onSnapshot(List.of(route("foo", 1, "/get", UP)));

    follower.onCommit(commit(tombstone("foo", 2), row("foo", 3, "x")));

    assertThat(revisionAt("/get")).isEmpty();
  }

  @Test
  void aSnapshotReplacesEverythingButTheLastGoodOfABadValue() {
    follower.onSnapshot(List.of(route("bad", 1, "/bad", UP), route("gone", 2, "/gone", UP)));
    logged();

    List<Item> next = List.of(row("bad", 3, "[]"), route("new", 4, "/n", UP));
    follower.onSnapshot(next);
    follower.onSnapshot(next);

    assertThat(revisionAt("/bad")).contains(1L);
    assertThat(revisionAt("/gone")).isEmpty();
    assertThat(revisionAt("/n")).contains(4L);
    assertThat(logged()).filteredOn(line -> line.startsWith("WARN")).hasSize(1);
  }

  @Test
  void countsWhatItApplied() {
    follower.onSnapshot(List.of());
    follower.onCommit(commit(route("a", 1, "/a", UP), route("b", 2, "/b", UP)));

    RouteImage image = follower.image();
    assertThat(image.snapshots()).isEqualTo(1);
    assertThat(image.commits()).isEqualTo(1);
    assertThat(image.changes()).isEqualTo(2);
    assertThat(image.appliedAt()).isEqualTo(Instant.ofEpochMilli(Rows.CREATE_TIME + 3));
  }

  @Test
  void saysWhenTheWatchIsLostAndFoundButNotEveryAttempt() {
    for (State state :
        List.of(
            State.CONNECTING,
            State.FOLLOWING,
            State.DISCONNECTED,
            State.CONNECTING,
            State.DISCONNECTED,
            State.FOLLOWING)) {
      follower.onStatus(new WatchStatus(state, "x"));
    }

    assertThat(follower.status()).isEqualTo(new WatchStatus(State.FOLLOWING, "x"));
    assertThat(logged())
        .containsExactly(
            "INFO [INFO] watch FOLLOWING: x",
            "INFO [INFO] watch DISCONNECTED: x",
            "INFO [INFO] watch FOLLOWING: x");
  }

  @Test
  void namesTheRouteThatLosesAndSaysWhenItDoesNotAnyMore() {
    follower.onSnapshot(List.of(route("a", 1, "/x", UP)));
    logged();

    follower.onCommit(commit(route("b", 2, "/x", UP)));
    assertThat(logged())
        .contains(
            "WARN [WARN] /routes/b claims what another route has: /routes/a takes all methods");

    follower.onCommit(commit(route("b", 3, "/x", UP), route("c", 4, "/y", UP)));
    assertThat(logged()).noneMatch(line -> line.contains("claims"));

    follower.onCommit(commit(tombstone("a", 5)));
    assertThat(logged())
        .contains("WARN [WARN] /routes/b claims nothing any more that another route has");
    assertThat(follower.image().table().shadowed()).isEmpty();
  }

  @Test
  void aRouteThatIsWrittenAgainGoesOnWithTheTurnsOfItsNodes() {
    String value =
        "{\"uri\":\"/x\",\"upstream\":[{\"url\":\"http://a\",\"weight\":2},{\"url\":\"http://b\"}]}";
    follower.onSnapshot(List.of(row("x", 1, value)));
    StringBuilder turns = new StringBuilder();
    for (int i = 2; i < 8; i++) {
      RouteImage image = follower.image();
      Upstream upstream = image.upstream(image.table().route("/routes/x").orElseThrow());
      turns.append(upstream.next(node -> true).orElseThrow().host());
      follower.onCommit(commit(row("x", i, value)));
    }

    assertThat(turns).hasToString("abaaba");
  }
}
