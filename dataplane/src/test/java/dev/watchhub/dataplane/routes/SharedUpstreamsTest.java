package dev.watchhub.dataplane.routes;

import static dev.watchhub.dataplane.routes.Rows.commit;
import static dev.watchhub.dataplane.routes.Rows.node;
import static dev.watchhub.dataplane.routes.Rows.referring;
import static dev.watchhub.dataplane.routes.Rows.route;
import static dev.watchhub.dataplane.routes.Rows.row;
import static dev.watchhub.dataplane.routes.Rows.tombstone;
import static dev.watchhub.dataplane.routes.Rows.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What becomes of routes and of the upstreams that they refer to. */
class SharedUpstreamsTest {
  private static final String DELAY = " watch_delay=3 ms";
  private static final String UNKNOWN = "'upstream' refers to /upstreams/u, which is not known";

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

  private List<String> logged() {
    List<String> lines = log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    log.list.clear();
    return lines;
  }

  /** Where a request for {@code path} goes; empty for nowhere. */
  private String asked(String path) {
    return asked(follower.image(), path);
  }

  private static String asked(RouteImage image, String path) {
    return image
        .table()
        .find("", path, "GET")
        .map(found -> image.upstream(found).text())
        .orElse("");
  }

  private List<String> refused() {
    return follower.image().refused().stream()
        .map(
            one ->
                one.key()
                    + " "
                    + one.revision()
                    + " "
                    + one.reason()
                    + " served "
                    + follower.image().servedRevision(one.key()).orElse(0L))
        .sorted()
        .toList();
  }

  private List<String> upstreams() {
    return follower.image().upstreams().upstreams().stream()
        .map(SharedUpstream::key)
        .sorted()
        .toList();
  }

  private static Item gone(String id, long revision) {
    return upstream(id, revision, null);
  }

  @Test
  void aChangeOfAnUpstreamIsOneOfAllItsRoutesAtOnce() {
    follower.onSnapshot(
        List.of(
            referring("a", 1, "/a", "u"),
            referring("b", 2, "/b/*", "u"),
            route("c", 3, "/c", "http://own"),
            node("u", 4, "http://one")));
    assertThat(logged())
        .containsExactly("applied a snapshot: 3 routes, 1 upstreams, 0 values refused");
    RouteImage before = follower.image();

    follower.onCommit(commit(node("u", 5, "http://two")));

    assertThat(logged()).containsExactly("applied put /upstreams/u rev=5 nodes=http://two" + DELAY);
    assertThat(List.of(asked("/a"), asked("/b/x"), asked("/c")))
        .containsExactly("http://two", "http://two", "http://own");
    assertThat(asked(before, "/a"))
        .as("in the image of a request under way")
        .isEqualTo("http://one");
  }

  @Test
  void anUpstreamThatIsWrittenAgainGoesOnWithTheTurnsOfItsNodesForAllRoutes() {
    String value = "{\"nodes\":[{\"url\":\"http://a\",\"weight\":2},{\"url\":\"http://b\"}]}";
    follower.onSnapshot(
        List.of(
            upstream("u", 1, value), referring("a", 2, "/a", "u"), referring("b", 3, "/b", "u")));
    StringBuilder turns = new StringBuilder();
    for (int i = 4; i < 10; i++) {
      RouteImage image = follower.image();
      Route taken = image.table().find("", i % 2 == 0 ? "/a" : "/b", "GET").orElseThrow();
      turns.append(image.upstream(taken).next(node -> true).orElseThrow().host());
      follower.onCommit(commit(upstream("u", i, value)));
    }
    assertThat(turns).hasToString("abaaba");
  }

  @Test
  void aRouteMayComeBeforeItsUpstreamInTheSameCommit() {
    follower.onSnapshot(List.of());
    logged();

    follower.onCommit(commit(referring("a", 1, "/a", "team/u"), node("team/u", 2, "http://one")));

    assertThat(asked("/a")).isEqualTo("http://one");
    assertThat(refused()).isEmpty();
    assertThat(logged())
        .containsExactly(
            "applied put /upstreams/team/u rev=2 nodes=http://one" + DELAY,
            "applied put /routes/a rev=1 /a -> /upstreams/team/u" + DELAY);
  }

  @Test
  void aRouteWaitsForItsUpstreamAndItsLastGoodVersionStays() {
    follower.onSnapshot(List.of(route("a", 1, "/a", "http://own")));
    logged();

    follower.onCommit(commit(referring("a", 2, "/new", "u"), referring("b", 3, "/b", "u")));

    assertThat(asked("/a")).isEqualTo("http://own");
    assertThat(asked("/new")).isEmpty();
    assertThat(refused())
        .containsExactly(
            "/routes/a 2 " + UNKNOWN + " served 1", "/routes/b 3 " + UNKNOWN + " served 0");
    assertThat(logged())
        .containsExactly(
            "refused put /routes/a rev=2: " + UNKNOWN + "; rev=1 stays",
            "refused put /routes/b rev=3: " + UNKNOWN + "; it has no route");

    follower.onCommit(commit(node("u", 4, "http://one")));

    assertThat(asked("/a")).isEmpty();
    assertThat(List.of(asked("/new"), asked("/b"))).containsExactly("http://one", "http://one");
    assertThat(refused()).isEmpty();
    assertThat(logged())
        .containsExactly(
            "applied put /upstreams/u rev=4 nodes=http://one" + DELAY,
            "applied put /routes/a rev=2 /new -> /upstreams/u, which waited for it",
            "applied put /routes/b rev=3 /b -> /upstreams/u, which waited for it");
  }

  @Test
  void onlyTheNewestValueOfARouteWaits() {
    follower.onSnapshot(List.of());
    follower.onCommit(commit(referring("a", 1, "/a", "u"), referring("b", 2, "/b", "u")));
    follower.onCommit(commit(row("a", 3, "rubbish"), tombstone("b", 4)));

    follower.onCommit(commit(node("u", 5, "http://one")));

    assertThat(List.of(asked("/a"), asked("/b"))).containsExactly("", "");
    assertThat(refused()).hasSize(1).first().asString().startsWith("/routes/a 3 the value is");
  }

  @Test
  void aBadValueOfAnUpstreamKeepsItsLastGoodOne() {
    follower.onSnapshot(List.of(node("u", 1, "http://one"), referring("a", 2, "/a", "u")));
    logged();

    follower.onCommit(
        commit(
            upstream("u", 3, "{\"nodes\":[]}"),
            upstream("v", 4, "x"),
            referring("b", 5, "/b", "v")));

    assertThat(asked("/a")).isEqualTo("http://one");
    assertThat(asked("/b")).as("no good value of it is known").isEmpty();
    String empty = "'nodes' must be a non-empty array of nodes";
    String neither = "the value is neither a JSON object nor the base64 of one";
    String unknown = UNKNOWN.replace("/u,", "/v,");
    assertThat(refused())
        .containsExactly(
            "/routes/b 5 " + unknown + " served 0",
            "/upstreams/u 3 " + empty + " served 1",
            "/upstreams/v 4 " + neither + " served 0");
    assertThat(logged())
        .containsExactly(
            "refused put /upstreams/u rev=3: " + empty + "; rev=1 stays",
            "refused put /upstreams/v rev=4: " + neither + "; it has no nodes",
            "refused put /routes/b rev=5: " + unknown + "; it has no route");

    follower.onCommit(commit(node("u", 6, "http://two"), node("v", 7, "http://three")));
    assertThat(List.of(asked("/a"), asked("/b"))).containsExactly("http://two", "http://three");
    assertThat(refused()).isEmpty();
  }

  @Test
  void aDeletedUpstreamStaysUntilTheLastRouteThatRefersToItGoes() {
    follower.onSnapshot(
        List.of(
            node("u", 1, "http://one"),
            referring("a", 2, "/a", "u"),
            referring("b", 3, "/b", "u")));
    logged();

    follower.onCommit(commit(gone("u", 4)));
    assertThat(List.of(asked("/a"), asked("/b"))).containsExactly("http://one", "http://one");
    assertThat(refused())
        .containsExactly("/upstreams/u 4 it is deleted, and /routes/a refers to it served 1");
    assertThat(logged())
        .containsExactly("refused delete /upstreams/u rev=4: /routes/a refers to it; rev=1 stays");

    follower.onCommit(commit(tombstone("a", 5)));
    assertThat(refused())
        .containsExactly("/upstreams/u 4 it is deleted, and /routes/b refers to it served 1");
    assertThat(logged()).containsExactly("applied delete /routes/a rev=5" + DELAY);

    follower.onCommit(commit(route("b", 6, "/b", "http://own")));
    assertThat(asked("/b")).isEqualTo("http://own");
    assertThat(upstreams()).isEmpty();
    assertThat(refused()).isEmpty();
    assertThat(logged())
        .containsExactly(
            "applied delete /upstreams/u rev=4, which no route refers to any more",
            "applied put /routes/b rev=6 /b -> http://own" + DELAY);
  }

  @Test
  void anUpstreamAndItsRoutesMayGoInOneCommitInAnyOrder() {
    follower.onSnapshot(List.of(node("u", 1, "http://one"), referring("a", 2, "/a", "u")));
    logged();

    follower.onCommit(commit(gone("u", 3), tombstone("a", 4)));

    assertThat(upstreams()).isEmpty();
    assertThat(refused()).isEmpty();
    assertThat(logged())
        .containsExactly(
            "applied delete /upstreams/u rev=3" + DELAY, "applied delete /routes/a rev=4" + DELAY);
  }

  @Test
  void aRouteThatIsWrittenAnewCannotReferToADeletedUpstreamBeforeThatIsBack() {
    follower.onSnapshot(List.of(node("u", 1, "http://one"), referring("a", 2, "/a", "u")));
    follower.onCommit(commit(gone("u", 3)));
    follower.onCommit(commit(referring("a", 4, "/new", "u"), referring("b", 5, "/b", "u")));

    assertThat(List.of(asked("/a"), asked("/new"), asked("/b")))
        .containsExactly("http://one", "", "");
    assertThat(refused()).hasSize(3);

    follower.onCommit(commit(node("u", 6, "http://two")));
    assertThat(List.of(asked("/a"), asked("/new"), asked("/b")))
        .containsExactly("", "http://two", "http://two");
    assertThat(refused()).isEmpty();
  }

  @Test
  void aBadValueAfterADeletionIsWhatIsReportedAndIsNoReasonToKeepIt() {
    follower.onSnapshot(List.of(node("u", 1, "http://one"), referring("a", 2, "/a", "u")));
    follower.onCommit(commit(gone("u", 3), upstream("u", 4, "{}")));

    assertThat(asked("/a")).isEqualTo("http://one");
    assertThat(refused()).containsExactly("/upstreams/u 4 'nodes' is missing served 1");

    follower.onCommit(commit(tombstone("a", 5)));
    assertThat(upstreams()).isEmpty();
    assertThat(refused()).containsExactly("/upstreams/u 4 'nodes' is missing served 0");

    logged();
    follower.onCommit(commit(gone("u", 6)));
    assertThat(refused()).isEmpty();
    assertThat(logged()).containsExactly("applied delete /upstreams/u rev=6" + DELAY);
  }

  @Test
  void aSnapshotWithoutAnUpstreamKeepsItForTheRoutesThatItLeadsFor() {
    follower.onSnapshot(
        List.of(
            node("u", 1, "http://one"),
            node("v", 2, "http://v"),
            referring("a", 3, "/a", "u"),
            referring("b", 4, "/b", "u")));
    logged();

    List<Item> next = List.of(referring("a", 3, "/a", "u"), referring("b", 5, "/new", "u"));
    follower.onSnapshot(next);

    assertThat(List.of(asked("/a"), asked("/b"), asked("/new")))
        .containsExactly("http://one", "http://one", "");
    assertThat(upstreams()).containsExactly("/upstreams/u");
    assertThat(refused())
        .containsExactly(
            "/routes/b 5 " + UNKNOWN + " served 4",
            "/upstreams/u 1 it is deleted, and /routes/a refers to it served 1");
    assertThat(logged())
        .containsExactly(
            "applied a snapshot: 2 routes, 1 upstreams, 2 values refused",
            "refused put /routes/b rev=5: " + UNKNOWN + "; rev=4 stays",
            "refused delete /upstreams/u rev=1: /routes/a refers to it; rev=1 stays");

    List<String> before = refused();
    follower.onSnapshot(next);
    assertThat(refused()).isEqualTo(before);
    assertThat(logged()).hasSize(1);

    follower.onSnapshot(List.of());
    assertThat(upstreams()).isEmpty();
    assertThat(refused()).isEmpty();
  }

  @Test
  void aBadValueInASnapshotKeepsTheLastGoodUpstream() {
    follower.onSnapshot(List.of(node("u", 1, "http://one"), referring("a", 2, "/a", "u")));

    follower.onSnapshot(List.of(upstream("u", 3, "[]"), referring("a", 4, "/new", "u")));

    assertThat(asked("/new")).isEqualTo("http://one");
    assertThat(refused()).hasSize(1);
  }

  @Test
  void whatIsRestoredStaysAsItWasUntilTheFirstSnapshot() {
    RefusedValue deleted = new RefusedValue("/upstreams/u", 9, "it is deleted");
    RouteImage restored =
        RouteImage.restored(
            List.of(referring("a", 2, "/a", "u"), node("u", 1, "http://one")),
            List.of(deleted),
            Instant.EPOCH);
    assertThat(asked(restored, "/a")).isEqualTo("http://one");

    RouteFollower next = new RouteFollower(restored, Instant::now, new RouteFollower.Observer() {});
    next.onSnapshot(List.of(referring("a", 2, "/a", "u")));

    assertThat(asked(next.image(), "/a")).isEqualTo("http://one");
    assertThat(next.image().refused())
        .containsExactly(
            new RefusedValue("/upstreams/u", 9, "it is deleted, and /routes/a refers to it"));
  }
}
