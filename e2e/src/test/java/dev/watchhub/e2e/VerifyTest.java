package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./watchhub verify} beside {@code ./watchhub up}, as a user runs it. */
@Tag("slow")
final class VerifyTest {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  @TempDir private static Path directory;

  private static Ports ports;
  private static WatchhubProcess up;

  @BeforeAll
  static void start() {
    ports = Ports.free();
    up =
        WatchhubProcess.start(
            "up", "--port-offset=" + ports.offset(), "--data-dir=" + directory.resolve("data"));
    up.awaitReady();
  }

  @AfterAll
  static void stop() {
    up.close();
  }

  private static String database() {
    return "jdbc:postgresql://127.0.0.1:" + ports.database() + "/postgres?user=postgres";
  }

  private static WatchhubProcess verify(String hub, String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "verify";
    arguments[1] = "--hub=" + hub;
    arguments[2] = "--jdbc-url=" + database();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return WatchhubProcess.start(arguments);
  }

  private static String hub() {
    return "http://127.0.0.1:" + ports.hub();
  }

  private static int awaitExit(WatchhubProcess process) {
    await("verify ends").atMost(LIMIT).until(() -> !process.handle().isAlive());
    return process.awaitExit();
  }

  @AfterEach
  void leavesNothingBehind() throws SQLException {
    try (Connection connection = DriverManager.getConnection(database());
        Statement statement = connection.createStatement()) {
      await("keys, slot and publication are gone")
          .atMost(LIMIT)
          .until(
              () -> {
                try (ResultSet row =
                    statement.executeQuery(
                        """
                        SELECT (SELECT count(*) FROM config WHERE key ^@ '/verify/')
                          + (SELECT count(*) FROM pg_replication_slots WHERE slot_name <> 'watchhub')
                          + (SELECT count(*) FROM pg_publication WHERE pubname <> 'watchhub')
                        """)) {
                  return row.next() && row.getLong(1) == 0;
                }
              });
    }
  }

  @Test
  void findsThatEveryPromiseWasKept() {
    try (WatchhubProcess process = verify(hub(), "--for=5s", "--seed=11")) {
      assertThat(awaitExit(process)).as("%s%s", process.out(), process.err()).isZero();
      assertThat(process.out())
          .startsWith("seed 11: 8 writers and 8 watchers for 5 s, under /verify/")
          .containsPattern("reliable +checked +[1-9][0-9,]* times  kept")
          .containsPattern("ended with a reason +checked +[1-9][0-9,]* times  kept")
          .endsWith("every promise was kept\n");
    }
  }

  @Test
  void namesThePromiseThatAHubBreaks() throws IOException {
    // One watcher, which is never cut off: nobody sends it again what was kept from it.
    try (LyingProxy liar = new LyingProxy(ports.hub(), 40);
        WatchhubProcess process =
            verify(liar.url(), "--for=3s", "--writers=2", "--watchers=1", "--seed=11")) {
      assertThat(awaitExit(process)).as("%s%s", process.out(), process.err()).isEqualTo(1);
      assertThat(liar.commits()).isGreaterThan(40);
      assertThat(process.out())
          .containsPattern("reliable +checked +[1-9][0-9,]* times  BROKEN 1 time\n")
          .containsPattern(
              "RELIABLE is broken at event \\d+ of watcher-0: expected the commit at .*; came a commit after it\n$");
    }
  }

  @Test
  void takesItsKeysAwayWhenItIsStopped() {
    try (WatchhubProcess process = verify(hub(), "--for=10m")) {
      await("it has begun").atMost(LIMIT).until(() -> process.out().contains("under /verify/"));
      process.interrupt();
      awaitExit(process);
      assertThat(process.out()).doesNotContain("kept");
      assertThat(process.err()).doesNotContain("WARN");
    }
  }

  @Test
  void saysInOneLineWhyItCannotCheck() {
    assertCannotCheck(
        verify("http://127.0.0.1:1", "--for=1s"),
        "watchhub: the hub: nothing answers at http://127.0.0.1:1/\n");
    assertCannotCheck(
        verify(hub(), "--for=soon"),
        "watchhub: Invalid value for option '--for': 'soon': expected a number with s, m, h or d; see"
            + " watchhub verify --help\n");
    assertCannotCheck(
        WatchhubProcess.start(
            "verify", "--hub=" + hub(), "--jdbc-url=jdbc:postgresql://127.0.0.1:1/x", "--for=1s"),
        "watchhub: the database: Connection to 127.0.0.1:1 refused.");
  }

  private static void assertCannotCheck(WatchhubProcess process, String line) {
    try (process) {
      assertThat(awaitExit(process)).isEqualTo(2);
      assertThat(process.err().lines()).hasSize(1);
      assertThat(process.err()).startsWith(line);
    }
  }
}
