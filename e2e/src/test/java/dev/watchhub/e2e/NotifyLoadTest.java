package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.client.WatchListener;
import dev.watchhub.client.Watcher;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Many writers of values small and large, in every notify mode. */
@Tag("slow")
final class NotifyLoadTest {
  private static final int WRITERS = 16;
  private static final int WRITES = 60;
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final List<String> VALUES =
      List.of(
          "v".repeat(200),
          "v".repeat(8_192),
          "路".repeat(66),
          "路".repeat(2_730),
          "\uD83D\uDE00".repeat(50),
          "\uD83D\uDE00".repeat(2_048),
          "\\\"\t".repeat(2_730),
          "");

  /** Keeps what a watcher says is live. */
  private static final class Folded implements WatchListener {
    private final Map<String, Long> live = new TreeMap<>();

    @Override
    public synchronized void onSnapshot(List<Item> items) {
      live.clear();
      items.forEach(item -> live.put(item.key(), item.revision()));
    }

    @Override
    public synchronized void onCommit(Commit commit) {
      for (Change change : commit.changes()) {
        if (change.op() == Change.Op.PUT) {
          live.put(change.item().key(), change.item().revision());
        } else {
          live.remove(change.item().key());
        }
      }
    }

    synchronized Map<String, Long> live() {
      return new TreeMap<>(live);
    }
  }

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Faults faults = (component, cause) -> failures.add(cause);

  /** The modes that take turns. */
  static Stream<List<String>> modes() {
    return Stream.of(
        List.of("trigger"), List.of("hub"), List.of("off"), List.of("trigger", "hub", "off"));
  }

  @ParameterizedTest
  @MethodSource("modes")
  void noWriteFailsAndEveryListenerEndsAtTheTable(List<String> modes) throws Exception {
    try (TestDatabase database = TestDatabase.start();
        Connection connection = DriverManager.getConnection(database.jdbcUrl());
        Connection plain = DriverManager.getConnection(database.jdbcUrl())) {
      SchemaInstaller.install(connection, "public");
      setMode(connection, modes.get(0));
      execute(plain, "LISTEN load");
      Folded folded = new Folded();
      Source source = new Source(database.jdbcUrl(), "public", "watchhub", "watchhub");
      try (WatchHub hub = WatchHub.start(HubOptions.of(ListenAddress.loopback(0), source), faults);
          Watcher watcher =
              Watcher.ofDatabase(database.jdbcUrl(), "public", List.of("/load/"), folded, faults)) {
        await("the hub is ready").until(hub::isReady);
        List<Thread> writers =
            IntStream.range(0, WRITERS)
                .mapToObj(writer -> new Thread(() -> write(database.jdbcUrl(), writer)))
                .toList();
        writers.forEach(Thread::start);
        int switches = 0;
        for (Thread writer : writers) {
          while (writer.isAlive()) {
            writer.join(200);
            setMode(connection, modes.get(switches++ % modes.size()));
          }
        }
        assertThat(failures).isEmpty();
        boolean announced = !modes.equals(List.of("off"));
        setMode(connection, modes.get(0));
        execute(connection, "SELECT set('/load/end', 'end')");

        Map<String, Long> table = live(connection);
        await("the watcher ends at the table")
            .atMost(LIMIT)
            .until(() -> folded.live().equals(table));
        assertThat(watcher.status()).isNotNull();
        if (announced) {
          List<String> last = new ArrayList<>();
          await("the last commit is announced")
              .atMost(LIMIT)
              .until(
                  () -> {
                    PGNotification[] some = plain.unwrap(PGConnection.class).getNotifications(100);
                    for (PGNotification one : some == null ? new PGNotification[0] : some) {
                      last.add(one.getParameter());
                    }
                    return last.stream().anyMatch(payload -> payload.contains("/load/end"));
                  });
          if (!modes.contains("off")) {
            assertThat(last).hasSize(rows(connection)).doesNotHaveDuplicates();
          }
        }
      }
      assertThat(failures).isEmpty();
    }
  }

  private void write(String jdbcUrl, int writer) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        var set = connection.prepareStatement("SELECT set(?, ?)");
        var del = connection.prepareStatement("SELECT del(?)")) {
      for (int i = 0; i < WRITES; i++) {
        String key = "/load/" + (writer * 7 + i) % 24;
        if (i % 9 == 8) {
          del.setString(1, key);
          del.execute();
        } else {
          set.setString(1, key);
          set.setString(2, VALUES.get((writer + i) % VALUES.size()));
          set.execute();
        }
      }
    } catch (SQLException e) {
      failures.add(e);
    }
  }

  private static void setMode(Connection connection, String mode) throws SQLException {
    execute(connection, "SELECT notify_mode('" + mode + "')");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int rows(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM config")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static Map<String, Long> live(Connection connection) throws SQLException {
    Map<String, Long> live = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT k, r FROM get_all('/load/')")) {
      while (rows.next()) {
        live.put(rows.getString(1), rows.getLong(2));
      }
    }
    return live;
  }
}
