package dev.watchhub.client;

import static dev.watchhub.client.WatcherChecks.assertEveryChangeOnce;
import static dev.watchhub.client.WatcherChecks.awaitConvergence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import dev.watchhub.verify.source.TableTruth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link Watcher} keeps to, over a real database and real sockets.
 *
 * <p>The tests of a class share its table, and its hub if it has one; each has a prefix of its own,
 * and a {@link Gate} between the watcher and its peer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WatcherContract {
  static final Duration LIMIT = Duration.ofSeconds(25);

  final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
  final Faults faults = (component, cause) -> fault.set(cause);

  TestTable table;
  Gate gate;
  String prefix;
  Recorder recorder;

  /** The ports of what the watchers of this class talk to. */
  abstract int[] peerPorts();

  /** Starts a watcher that reaches its peer at {@code port}. */
  abstract Watcher start(int port, List<String> watched, WatchListener listener);

  Watcher start(int port, String watched, WatchListener listener) {
    return start(port, List.of(watched), listener);
  }

  static {
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20)); // most of what is awaited is near
  }

  @BeforeAll
  void openTable() throws SQLException {
    String schema = getClass().getSimpleName().toLowerCase(Locale.ROOT);
    table = TestTable.create(PostgresServer.shared(), schema);
  }

  @AfterAll
  void closeTable() throws SQLException {
    table.close();
  }

  @BeforeEach
  void openGate(TestInfo test) {
    gate = Gate.to(peerPorts());
    prefix = "/" + test.getTestMethod().orElseThrow().getName() + "/";
    recorder = new Recorder();
    fault.set(null);
  }

  @AfterEach
  void closeGate() {
    gate.close();
    assertThat(fault.get()).isNull();
  }

  Watcher start() {
    return start(gate.port(), prefix, recorder);
  }

  void awaitState(Watcher watcher, State state) {
    await("the watcher is " + state)
        .atMost(LIMIT)
        .until(() -> watcher.status().state(), state::equals);
  }

  /** Waits until a watcher that starts now begins with what the table has; a hub learns it late. */
  private void awaitKnown() {
    Recorder first = new Recorder();
    try (Watcher watcher = start(gate.port(), prefix, first)) {
      awaitConvergence(first, table, prefix);
      assertThat(watcher.status().state()).isNotEqualTo(State.CLOSED);
    }
  }

  @Test
  void tellsFirstWhatIsLive() throws SQLException {
    table.set(prefix + "b", "1");
    table.set(prefix + "b", "2");
    table.set(prefix + "gone", "1");
    table.del(prefix + "gone");
    table.set(prefix + "a", "1");
    table.set("/elsewhere/a", "1");
    awaitKnown();
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      awaitConvergence(recorder, table, prefix);
    }
    assertThat(recorder.snapshots()).hasSize(1);
    assertThat(recorder.snapshots().get(0))
        .extracting(Item::key)
        .containsExactly(prefix + "a", prefix + "b");
    assertThat(recorder.commits()).isEmpty();
    assertThat(recorder.states()).containsExactly(State.CONNECTING, State.FOLLOWING, State.CLOSED);
  }

  @Test
  void tellsWhatACommitHasUnderSeveralPrefixesAsOne() throws SQLException {
    String other = prefix.replaceFirst("/", "/other-");
    table.set(prefix + "a", "1");
    table.set(other + "a", "1");
    awaitKnown();
    try (Watcher watcher = start(gate.port(), List.of(prefix, other, prefix + "a"), recorder);
        Connection connection = table.connect()) {
      awaitState(watcher, State.FOLLOWING);
      connection.setAutoCommit(false);
      TestTable.set(connection, prefix + "a", "2");
      TestTable.set(connection, "/elsewhere/a", "2");
      TestTable.set(connection, other + "a", "2");
      connection.commit();
      await("the commit").atMost(LIMIT).until(() -> !recorder.commits().isEmpty());
      TestTable.set(connection, other + "a", "3"); // is announced on the other channel alone
      connection.commit();
      await("the next").atMost(LIMIT).until(() -> recorder.commits().size() == 2);
    }
    assertThat(recorder.snapshots().get(0))
        .extracting(Item::key)
        .containsExactlyInAnyOrder(prefix + "a", other + "a");
    assertThat(recorder.commits().get(0).changes())
        .extracting(change -> change.item().key())
        .containsExactly(prefix + "a", other + "a");
    assertThat(recorder.commits().get(1).changes())
        .extracting(change -> change.item().key())
        .containsExactly(other + "a");
  }

  @Test
  void tellsAlsoThatNothingIsLive() {
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
    }
    assertThat(recorder.snapshots()).containsExactly(List.of());
  }

  @Test
  void tellsEachLifeOfAKey() throws SQLException {
    try (Watcher watcher = start();
        Connection connection = table.connect()) {
      awaitState(watcher, State.FOLLOWING);
      String key = prefix + "a";
      long first = TestTable.set(connection, key, "1");
      long second =
          TestTable.number(connection, "SELECT revision FROM put(?, '2', 'ann', 'why')", key);
      long third = TestTable.del(connection, key);
      long fourth = TestTable.set(connection, key, "4");
      awaitConvergence(recorder, table, prefix);
      assertThat(recorder.changes())
          .extracting(Change::op)
          .containsExactly(Op.PUT, Op.PUT, Op.DELETE, Op.PUT);
      assertThat(recorder.changes())
          .extracting(change -> change.item().revision())
          .containsExactly(first, second, third, fourth);
      assertThat(recorder.changes())
          .extracting(change -> change.item().createRevision())
          .containsExactly(first, first, first, fourth);
      assertThat(recorder.changes())
          .extracting(change -> change.item().author())
          .containsExactly(null, "ann", null, null);
      assertThat(recorder.changes())
          .extracting(change -> change.item().note())
          .containsExactly(null, "why", null, null);
    }
  }

  @Test
  void tellsEveryChangeOnceWhateverTheOrderOfCommits() throws SQLException {
    TableTruth before = table.before(prefix);
    try (Watcher watcher = start();
        Connection held = table.connect();
        Connection undone = table.connect()) {
      awaitState(watcher, State.FOLLOWING);
      held.setAutoCommit(false);
      undone.setAutoCommit(false);
      TestTable.set(held, prefix + "held", "early revision, late commit");
      TestTable.set(undone, prefix + "undone", "never");
      try (Writers writers = Writers.start(table, prefix, 4, true)) {
        writers.awaitCommits(100);
        held.commit();
        writers.awaitCommits(50);
        undone.rollback();
        TestTable.set(held, prefix + "held", "again");
        writers.awaitCommits(50);
        held.commit();
      }
      awaitConvergence(recorder, table, prefix);
    }
    assertEveryChangeOnce(recorder, table, prefix, before);
    assertThat(recorder.snapshots()).hasSize(1);
    assertThat(recorder.folded()).containsKey(prefix + "held").doesNotContainKey(prefix + "undone");
  }

  /** Whom a watcher tries to reach. */
  enum Peer {
    THERE,
    MUTE,
    AWAY
  }

  /** Something that goes wrong while writers write. */
  @FunctionalInterface
  interface Mishap {
    void happen(Writers writers) throws SQLException;
  }

  /** Checks that a mishap costs neither a change nor a second snapshot. */
  void assertNothingIsMissedThrough(Mishap mishap) throws SQLException {
    TableTruth before = table.before(prefix);
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      try (Writers writers = Writers.start(table, prefix, 2, true)) {
        writers.awaitCommits(20);
        mishap.happen(writers);
        writers.awaitCommits(20);
      }
      awaitConvergence(recorder, table, prefix);
      awaitState(watcher, State.FOLLOWING);
    }
    assertEveryChangeOnce(recorder, table, prefix, before);
    assertThat(recorder.snapshots()).hasSize(1);
  }

  @Test
  void missesNothingWhenItsConnectionIsCut() throws SQLException {
    assertNothingIsMissedThrough(
        writers -> {
          for (int i = 0; i < 3; i++) {
            gate.cut();
            int told = recorder.commits().size();
            await("it goes on").atMost(LIMIT).until(() -> recorder.commits().size() > told);
          }
        });
    assertThat(recorder.states()).contains(State.DISCONNECTED);
  }

  @Test
  void missesNothingWhenTheServerEndsItsSessions() throws SQLException {
    assertNothingIsMissedThrough(
        writers -> {
          for (int i = 0; i < 3; i++) {
            table.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name LIKE 'watchhub%'
                """);
            writers.awaitCommits(10);
          }
        });
  }

  @Test
  void missesNothingWhenTheDatabaseCrashes() throws SQLException {
    assertNothingIsMissedThrough(
        writers -> {
          table.server().crash();
          table.server().restart();
        });
  }

  @Test
  void learnsOfDeletionsThatHappenedWhileItsPeerWasAway() throws SQLException {
    table.set(prefix + "stays", "1");
    table.set(prefix + "goes", "1");
    table.set(prefix + "comes back", "1");
    awaitKnown();
    TableTruth before = table.before(prefix);
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      gate.shut();
      await("it has tried again").atMost(LIMIT).until(() -> gate.turnedAwayCount() > 1);
      assertThat(watcher.status().state()).isEqualTo(State.DISCONNECTED);
      table.del(prefix + "goes");
      table.del(prefix + "comes back");
      table.set(prefix + "comes back", "2");
      table.set(prefix + "came and went", "1");
      table.del(prefix + "came and went");
      gate.open();
      awaitConvergence(recorder, table, prefix);
    }
    assertEveryChangeOnce(recorder, table, prefix, before);
    assertThat(recorder.snapshots()).hasSize(1);
    assertThat(recorder.folded()).containsOnlyKeys(prefix + "stays", prefix + "comes back");
  }

  @Test
  void addsUpToTheTableAfterACompactionThatItMissed() throws SQLException {
    table.set(prefix + "stays", "1");
    table.set(prefix + "goes", "1");
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      gate.shut();
      await("it has tried again").atMost(LIMIT).until(() -> gate.turnedAwayCount() > 0);
      table.del(prefix + "goes");
      table.set(prefix + "stays", "2");
      table.set(prefix + "stays", "3");
      table.query("SELECT compact_before_revision((SELECT max(revision) + 1 FROM config))");
      gate.open();
      awaitConvergence(recorder, table, prefix);
      table.set(prefix + "after", "1");
      awaitConvergence(recorder, table, prefix);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          100%/        | 100x/
          a_b/         | axb/
          %/           | x/
          Grüße/       | Gruße/
          日本/        | 日/
          😀/          | 😁/
          it's/        | its/
          say "hi"/    | say hi/
          a+b c/       | a b+c/
          a;b\\c&d=e/  | a;b/c&d=e/
          """)
  void takesAPrefixForWhatItIs(String inside, String outside) throws SQLException {
    String watched = "/" + inside;
    table.set(watched + "before", "1");
    table.set("/" + outside + "before", "1");
    try (Watcher watcher = start(gate.port(), watched, recorder)) {
      awaitState(watcher, State.FOLLOWING);
      table.set("/" + outside + "after", "1");
      table.set(watched + "after", "1");
      awaitConvergence(recorder, table, watched);
    }
    assertThat(recorder.folded()).containsOnlyKeys(watched + "before", watched + "after");
  }

  static List<String> values() {
    return List.of(
        "",
        " ",
        "'single' \"double\" `back` \\slash\\ \\n",
        "lines\nand\r\nmore\rlines\n\n",
        "data: x\n\nevent: reset\n\n",
        "tab\tbell\u0007 separators\u2028\u2029 bom\ufeff",
        "Grüße 日本 😀 \ud83d\udc69\u200d\ud83d\udcbb",
        Base64.getEncoder().encodeToString("{\"uri\":\"/get\"}".getBytes(StandardCharsets.UTF_8)),
        "{\"uri\":\"/get\",\"n\":1.0}",
        "x".repeat(100_000),
        "😀\n\"".repeat(20_000));
  }

  @Test
  void carriesEveryValueAsItIs() throws SQLException {
    List<String> values = values();
    for (int i = 0; i < values.size(); i++) {
      table.set(prefix + "before" + i, values.get(i));
    }
    try (Watcher watcher = start()) {
      awaitState(watcher, State.FOLLOWING);
      for (int i = 0; i < values.size(); i++) {
        table.set(prefix + "after" + i, values.get(i));
      }
      awaitConvergence(recorder, table, prefix);
    }
    for (int i = 0; i < values.size(); i++) {
      for (String key : List.of(prefix + "before" + i, prefix + "after" + i)) {
        Item item = recorder.folded().get(key);
        assertThat(item).as(key).extracting(Item::value).isEqualTo(values.get(i));
      }
    }
  }

  @Test
  void handsAListenerThatThrowsToTheFaults() throws SQLException {
    table.set(prefix + "a", "1");
    IllegalStateException thrown = new IllegalStateException("the listener's own");
    try (Watcher watcher =
        start(
            gate.port(),
            prefix,
            new WatchListener() {
              @Override
              public void onSnapshot(List<Item> items) {
                throw thrown;
              }

              @Override
              public void onCommit(Commit commit) {}
            })) {
      await("the fault is reported").atMost(LIMIT).until(() -> fault.get() == thrown);
      awaitState(watcher, State.CLOSED);
    }
    fault.set(null);
  }

  @Test
  void saysNothingAfterItWasClosed() throws SQLException {
    Watcher watcher = start();
    awaitState(watcher, State.FOLLOWING);
    watcher.close();
    watcher.close();
    assertThat(watcher.status().state()).isEqualTo(State.CLOSED);
    int told = recorder.statuses().size();
    try (Watcher other = start(gate.port(), prefix, new Recorder())) {
      awaitState(other, State.FOLLOWING);
      table.set(prefix + "late", "1");
    }
    assertThat(recorder.changes()).isEmpty();
    assertThat(recorder.statuses()).hasSize(told);
  }

  @Test
  void endsAtOnceWhileItConnectsToAPeerThatSaysNothing() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Watcher watcher = start(mute.getLocalPort(), prefix, recorder);
      try (Socket accepted = mute.accept()) {
        watcher.close();
        accepted.setSoTimeout((int) LIMIT.toMillis());
        accepted.getInputStream().readAllBytes(); // returns when the watcher's end is closed
      }
    }
    assertThat(recorder.states()).containsExactly(State.CONNECTING, State.CLOSED);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Closed at any moment of connecting, it leaves neither a thread nor a connection. */
  @ParameterizedTest
  @EnumSource
  void leavesNothingBehind(Peer peer) throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      int port =
          switch (peer) {
            case THERE -> gate.port();
            case MUTE -> mute.getLocalPort();
            case AWAY -> freePort();
          };
      Random random = new Random(2);
      for (int i = 0; i < 50; i++) {
        Watcher watcher = start(port, prefix, recorder);
        for (int spins = random.nextInt(200_000); spins > 0; spins--) {
          Thread.onSpinWait(); // so that close() comes at another moment each time
        }
        watcher.close();
        assertThat(watcher.status().state()).isEqualTo(State.CLOSED);
      }
    }
    assertThat(Threads.of("hub-watcher", "notify-watcher", "HttpClient@")).isEmpty();
    await("the server has no session left")
        .atMost(LIMIT)
        .until(
            () ->
                table.holds(
                    "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'watchhub-notify'"));
  }
}
