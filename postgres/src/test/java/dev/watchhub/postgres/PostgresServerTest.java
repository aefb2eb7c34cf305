package dev.watchhub.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PostgresServerTest {
  @TempDir private Path temp;

  @Test
  void keepsDataFromOneStartToTheNext() throws Exception {
    enter(temp);
    PostgresOptions options = PostgresOptions.of(temp.resolve("new/data"), 0);
    try (PostgresServer first = PostgresServer.start(options)) {
      execute(first, "create table kept as select 42 as answer");
    }
    try (PostgresServer second = PostgresServer.start(options)) {
      assertThat(query(second, "select answer from kept")).isEqualTo("42");
      assertThat(second.dataDir()).isEqualTo(temp.resolve("new/data"));
    }
  }

  @Test
  void losesNoCommitInACrashAndComesBackOnTheSamePort() throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of())) {
      int port = server.port();
      ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
      List<ProcessHandle> all = postmaster.descendants().toList();
      execute(server, "create table kept as select 42 as answer");

      server.crash();

      assertThat(all).isNotEmpty().noneMatch(Processes::alive);
      assertThat(Processes.alive(postmaster)).isFalse();
      assertThatThrownBy(server::pid).isInstanceOf(PostgresException.class);
      server.restart();
      assertThat(server.port()).isEqualTo(port);
      assertThat(query(server, "select answer from kept")).isEqualTo("42");
    }
  }

  @Test
  void restartsARunningServer() throws Exception {
    try (PostgresServer server = PostgresServer.temporary(Map.of())) {
      long before = server.pid();
      server.restart();
      assertThat(server.pid()).isNotEqualTo(before);
      assertThat(query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void flushesCommitsAndDecodesThemAndListensOnLoopbackOnly() throws Exception {
    PostgresServer server = PostgresServer.shared();
    assertThat(query(server, "show fsync")).isEqualTo("on");
    assertThat(query(server, "show synchronous_commit")).isEqualTo("on");
    assertThat(query(server, "show wal_level")).isEqualTo("logical");
    assertThat(query(server, "show listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(query(server, "show server_version")).startsWith(Binaries.majorVersion());
    if (Integer.parseInt(Binaries.majorVersion()) >= 17) { // older ones have no locale of their own
      assertThat(query(server, "select lower('ÄÖ')")).isEqualTo("äö");
    }
  }

  @Test
  void takesSettingsWithQuotes() throws Exception {
    Map<String, String> settings =
        Map.of("application_name", "it's", "max_connections", "30", "commit_delay", "5");
    try (PostgresServer server = PostgresServer.temporary(settings)) {
      assertThat(query(server, "show max_connections")).isEqualTo("30");
      assertThat(query(server, "show commit_delay")).isEqualTo("5");
    }
  }

  @Test
  void namesTheServersReasonAndItsLogWhenItDoesNotStart() throws Exception {
    enter(temp);
    PostgresOptions options = new PostgresOptions(temp, 0, Map.of("shared_buffers", "lots"));
    assertThatThrownBy(() -> PostgresServer.start(options))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("configuration file")
        .hasMessageContaining(temp.resolve("postgres.log").toString())
        .hasMessageNotContaining("\n");
  }

  @Test
  void deletesATemporaryDirectoryOnClose() {
    PostgresServer server = PostgresServer.temporary(Map.of());
    server.close();
    server.close();
    assertThat(server.dataDir()).doesNotExist();
    assertThatThrownBy(server::restart).hasMessageContaining("was closed");
  }

  @Test
  void endsAlthoughAClientHoldsATransactionOpen() throws Exception {
    PostgresServer server = PostgresServer.temporary(Map.of());
    ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
    try (Connection client = DriverManager.getConnection(server.jdbcUrl())) {
      client.setAutoCommit(false);
      try (Statement statement = client.createStatement()) {
        statement.execute("create table held (n int)");
      }
      server.close();
      assertThat(Processes.alive(postmaster)).isFalse();
    }
  }

  @Test
  void standsInASessionOfItsOwnSoThatCtrlCDoesNotReachIt() throws Exception {
    assumeTrue(Platform.isLinux(), "sessions are read from /proc");
    long pid = PostgresServer.shared().pid();
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    assertThat(afterName[2]).as("process group").isEqualTo(Long.toString(pid));
    assertThat(afterName[3]).as("session").isEqualTo(Long.toString(pid));
  }

  @Test
  void saysWhichPortIsTaken() throws Exception {
    enter(temp);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.of(temp, port)))
          .isInstanceOf(PostgresException.class)
          .hasMessage(
              "port %d on 127.0.0.1 is taken; stop what listens there or choose another port",
              port);
    }
  }

  @Test
  void refusesADirectoryThatCannotBeMade() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "");
    assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.of(file.resolve("data"), 0)))
        .isInstanceOf(PostgresException.class)
        .hasMessageStartingWith("cannot write to data directory " + file.resolve("data"))
        .hasMessageEndingWith("make it writable or use another directory");
  }

  @Test
  void refusesTheDataOfAnotherMajorVersion() throws Exception {
    enter(temp);
    Files.createDirectory(temp.resolve("postgres"));
    Files.writeString(temp.resolve("postgres/PG_VERSION"), "14\n");
    assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.of(temp, 0)))
        .hasMessageContaining("was made by PostgreSQL 14, this is " + Binaries.majorVersion());
  }

  @Test
  void refusesTheBareDataDirectoryOfAnotherServer() throws Exception {
    Files.writeString(temp.resolve("PG_VERSION"), "15\n");
    assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.of(temp, 0)))
        .hasMessageContaining("is itself the data directory of a PostgreSQL 15");
  }

  @Test
  void refusesADirectoryThatAnotherServerOfThisJvmHolds() {
    Path held = PostgresServer.shared().dataDir();
    assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.of(held, 0)))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("is in use by another running watchhub");
  }

  @Test
  void holdsItsDirectoryAgainstOthersAfterARefusal() throws Exception {
    enter(temp);
    PostgresOptions options = PostgresOptions.of(temp, 0);
    try (PostgresServer server = PostgresServer.start(options)) {
      assertThatThrownBy(() -> PostgresServer.start(options)).isInstanceOf(PostgresException.class);
      assertThatThrownBy(() -> ServerProcess.start(temp)).isInstanceOf(IOException.class);
      assertThat(query(server, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void leavesTheServerOfARunningWatchhubAloneButTakesOverFromAKilledOne() throws Exception {
    enter(temp);
    PostgresOptions options = PostgresOptions.of(temp, 0);
    try (ServerProcess other = ServerProcess.start(temp)) {
      ProcessHandle left = ProcessHandle.of(other.postmasterPid()).orElseThrow();
      assertThatThrownBy(() -> PostgresServer.start(options))
          .hasMessageContaining("is in use by another running watchhub");
      assertThat(Processes.alive(left)).isTrue();

      other.kill();
      assertThat(Processes.alive(left)).isTrue();

      try (PostgresServer server = PostgresServer.start(options)) {
        assertThat(Processes.alive(left)).isFalse();
        assertThat(query(server, "select 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void leavesAServerThatItDidNotStartAlone() throws Exception {
    enter(temp);
    try (ServerProcess other = ServerProcess.start(temp)) {
      other.kill();
      Files.writeString(temp.resolve("watchhub.pid"), "1\n");
      assertThatThrownBy(() -> PostgresServer.start(PostgresOptions.of(temp, 0)))
          .hasMessageContaining("is in use by a PostgreSQL that watchhub did not start (pid ")
          .hasMessageContaining(Long.toString(other.postmasterPid()));
    }
  }

  @Test
  void startsWhenAnotherProcessNowHasTheOldServersId() throws Exception {
    enter(temp);
    PostgresOptions options = PostgresOptions.of(temp, 0);
    PostgresServer server = PostgresServer.start(options);
    Path pidFile = temp.resolve("postgres/postmaster.pid");
    long before = server.pid();
    String content = Files.readString(pidFile);
    server.crash();
    server.close();
    long reused = ProcessHandle.current().pid();
    Files.writeString(pidFile, content.replaceFirst("^" + before + "\n", reused + "\n"));
    try (PostgresServer again = PostgresServer.start(options)) {
      assertThat(query(again, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void makesTheClusterAgainWhenTheFirstTimeWasCutShort() throws Exception {
    enter(temp);
    Files.createDirectories(temp.resolve("postgres.partial/base"));
    try (PostgresServer server = PostgresServer.start(PostgresOptions.of(temp, 0))) {
      assertThat(query(server, "select 1")).isEqualTo("1");
    }
  }

  /** Lets a server without root's rights into the test's directory. */
  private static void enter(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
