package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.protocol.WatchEvent;
import dev.watchhub.sql.SchemaInstaller;
import dev.watchhub.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hub whose database is replaced by its standby. */
@Tag("slow")
final class FailoverTest {
  private PostgresServer primary;
  private TcpProxy proxy;
  private PostgresServer standby;
  private WatchHub hub;

  @BeforeEach
  void start() throws SQLException {
    primary = PostgresServer.temporary(Map.of());
    try (Connection connection = DriverManager.getConnection(primary.jdbcUrl())) {
      SchemaInstaller.install(connection, "public");
    }
    proxy = TcpProxy.to(primary.port());
    standby = primary.standby(proxy.port(), Map.of());
    Source source =
        new Source(
            "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/postgres?user=postgres&targetServerType=primary"
                .formatted(primary.port(), standby.port()),
            "public",
            "watchhub",
            "watchhub");
    hub =
        WatchHub.start(
            new HubOptions(
                ListenAddress.loopback(0), source, LogBounds.DEFAULT, HubDatabase.TIMING, 1),
            (component, cause) -> {
              throw new AssertionError(component, cause);
            });
    HubDatabase.awaitReady(hub);
  }

  @AfterEach
  void stop() {
    hub.close();
    standby.close();
    proxy.close();
    primary.close();
  }

  @Test
  void goesOnWhenTheStandbyLacksNothing() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      set(primary, "/a", "1");
      assertThat(watch.commit().changes()).hasSize(1);
      String beforeFailover = watch.lastId();
      watch.next(WatchEvent.Bookmark.class); // beyond what the standby will have
      String bookmark = watch.lastId();
      awaitOnStandby("/a");
      primary.crash();
      standby.promote();
      set(standby, "/b", "2");
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/b");
      for (String id : new String[] {beforeFailover, bookmark}) {
        try (WatchStream resumed = WatchStream.open(hub.port(), "", id)) {
          assertThat(resumed.commit().changes().get(0).item().key()).isEqualTo("/b");
        }
      }
    }
  }

  @Test
  void resetsWhenTheStandbyLacksWhatWasDelivered() throws SQLException {
    try (WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      set(primary, "/kept", "1");
      watch.commit();
      String kept = watch.lastId();
      awaitOnStandby("/kept");
      proxy.shut();
      long lost = 0;
      for (int i = 0; i < 50; i++) { // the standby's sequence is up to 32 ahead
        lost = set(primary, "/lost", "1");
        watch.commit();
      }
      String beyond = watch.lastId();
      primary.crash();
      standby.promote();
      assertThat(watch.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.TIMELINE);
      assertThat(watch.snapshot()).extracting(Item::key).containsExactly("/kept");
      assertThat(set(standby, "/new", "1")).as("revisions are not used again").isGreaterThan(lost);
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/new");
      try (WatchStream resumed = WatchStream.open(hub.port(), "", beyond)) {
        assertThat(resumed.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.TIMELINE);
      }
      try (WatchStream resumed = WatchStream.open(hub.port(), "", kept)) {
        assertThat(resumed.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.EXPIRED);
      }
    }
  }

  @Test
  void relaysWhatTheOldPrimaryCouldNotAnnounceAnyMore() throws SQLException {
    query(primary, "SELECT notify_mode('hub')");
    set(primary, "/routes/before", "1");
    awaitRelayed(primary, 1);
    try (Connection blocker = DriverManager.getConnection(primary.jdbcUrl());
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("LOCK TABLE config_relay IN SHARE MODE");
      set(primary, "/routes/pending", "1");
      awaitOnStandby("/routes/pending");
      primary.crash();
    }
    standby.promote();
    awaitRelayed(standby, 2);
    assertNothingIsRepeatedOn(standby);
  }

  @Test
  void relaysOnWhereTheStandbyLacksWhatWasAnnounced() throws SQLException {
    query(primary, "SELECT notify_mode('hub')");
    set(primary, "/routes/kept", "1");
    awaitRelayed(primary, 1);
    awaitOnStandby("/routes/kept");
    proxy.shut();
    for (int i = 0; i < 50; i++) {
      set(primary, "/routes/lost", "1");
    }
    awaitRelayed(primary, 51);
    primary.crash();
    standby.promote();
    set(standby, "/routes/new", "1"); // under a transaction id that was used before
    awaitRelayed(standby, 52);
    assertNothingIsRepeatedOn(standby);
  }

  /** Waits until all is announced, and so many commits were. */
  private void awaitRelayed(PostgresServer server, long commits) {
    Awaitility.await(commits + " commits are relayed")
        .until(
            () ->
                RelayTest.count(hub, "commits") >= commits
                    && query(server, RelayTest.UNSETTLED).equals("0"));
  }

  private static void assertNothingIsRepeatedOn(PostgresServer server) throws SQLException {
    try (Listener listener = Listener.of(DriverManager.getConnection(server.jdbcUrl()), "routes")) {
      set(server, "/routes/last", "1");
      assertThat(listener.keysUntil("/routes/last")).containsExactly("/routes/last");
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

  private static long set(PostgresServer server, String key, String value) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        PreparedStatement statement = connection.prepareStatement("SELECT set(?, ?)")) {
      statement.setString(1, key);
      statement.setString(2, value);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void awaitOnStandby(String key) {
    Awaitility.await("the standby has " + key)
        .until(
            () -> {
              try (Connection connection = DriverManager.getConnection(standby.jdbcUrl());
                  Statement statement = connection.createStatement();
                  ResultSet row =
                      statement.executeQuery("SELECT FROM config WHERE key = '" + key + "'")) {
                return row.next();
              }
            });
  }
}
