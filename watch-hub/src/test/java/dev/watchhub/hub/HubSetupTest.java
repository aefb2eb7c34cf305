package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.replication.SetupException;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.protocol.WatchEvent;
import dev.watchhub.testkit.TcpProxy;
import java.sql.SQLException;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What a hub says of a database that is not set up for it, and what it mends by itself. */
@Tag("slow")
final class HubSetupTest {
  private HubDatabase database;

  @BeforeEach
  void create(TestInfo test) throws SQLException {
    database = HubDatabase.create(PostgresServer.shared(), test.getTestMethod().get().getName());
  }

  @AfterEach
  void drop() throws SQLException {
    database.close();
  }

  private static void assertRefused(Source source, String... naming) {
    assertThatThrownBy(
            () ->
                WatchHub.start(
                        HubOptions.of(ListenAddress.loopback(0), source),
                        (component, cause) -> {
                          throw new AssertionError(component, cause);
                        })
                    .close())
        .isInstanceOf(SetupException.class)
        .hasMessageContainingAll(naming);
  }

  private Source as(String role) {
    Source source = database.source();
    return new Source(
        source.jdbcUrl().replace("user=postgres", "user=" + role),
        source.schema(),
        source.slot(),
        source.publication());
  }

  @Test
  void namesTheStatementThatMendsARole() throws SQLException {
    String role = database.source().slot() + "_r";
    database.execute("CREATE ROLE " + role + " LOGIN");
    try {
      assertRefused(as(role), "ALTER ROLE " + role + " REPLICATION;");
      database.execute("ALTER ROLE " + role + " REPLICATION");
      database.execute("GRANT USAGE ON SCHEMA " + database.source().schema() + " TO " + role);
      assertRefused(as(role), "GRANT SELECT ON", "TO " + role + ";");
      database.execute("GRANT SELECT ON config TO " + role);
      WatchHub hub =
          WatchHub.start(
              HubOptions.of(ListenAddress.loopback(0), as(role)),
              (component, cause) -> {
                throw new AssertionError(component, cause);
              });
      HubDatabase.awaitReady(hub);
      hub.close();
      database.execute(
          "ALTER PUBLICATION " + database.source().publication() + " SET (publish = 'delete')");
      assertRefused(as(role), "CREATE PUBLICATION " + database.source().publication());
    } finally {
      database.execute("DROP OWNED BY " + role);
      database.execute("DROP ROLE " + role);
    }
  }

  @Test
  void namesWhatIsMissing() {
    Source source = database.source();
    assertRefused(
        new Source(source.jdbcUrl(), "no_such_schema", source.slot(), source.publication()),
        "no_such_schema",
        "install");
    assertRefused(
        new Source(
            source.jdbcUrl().replace("/postgres?", "/no_such_database?"),
            source.schema(),
            source.slot(),
            source.publication()),
        "no_such_database");
    assertThatThrownBy(() -> new Source(source.jdbcUrl(), "public", "Slot!", "watchhub"))
        .hasMessageContaining("'Slot!'");
  }

  @Test
  void namesTheSettingOfAServerWithoutLogicalDecoding() throws SQLException {
    try (PostgresServer plain = PostgresServer.temporary(Map.of("wal_level", "replica"));
        HubDatabase there = HubDatabase.create(plain, "plain")) {
      assertRefused(there.source(), "wal_level", "ALTER SYSTEM SET wal_level = 'logical'");
    }
  }

  @Test
  void refusesASlotOfAnotherKind() throws SQLException {
    String slot = database.source().slot();
    database.execute("SELECT pg_create_physical_replication_slot('" + slot + "')");
    try (WatchHub hub =
        WatchHub.start(
            HubOptions.of(ListenAddress.loopback(0), database.source()),
            (component, cause) -> {
              throw new AssertionError(component, cause);
            })) {
      Awaitility.await("the reason at /readyz")
          .until(() -> WatchStream.get(hub.port(), "/readyz").contains("'" + slot + "' belongs"));
      assertThat(WatchStream.get(hub.port(), "/watch?wait=false")).startsWith("503");
    }
  }

  @Test
  void putsAPublicationRightThatIsMissingOrAltered() throws SQLException {
    String publication = database.source().publication();
    database.execute("DROP PUBLICATION " + publication);
    database.startHub().close();
    assertThat(
            database.query(
                "SELECT pubinsert FROM pg_publication WHERE pubname = '" + publication + "'"))
        .contains("t");
    database.execute("ALTER PUBLICATION " + publication + " SET (publish = 'insert, delete')");
    database.execute("ALTER PUBLICATION " + publication + " SET TABLE config (key, revision)");
    database.set("/a", "1");
    try (WatchHub hub = database.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      database.set("/b", "2");
      assertThat(watch.commit().changes().get(0).item().value()).isEqualTo("2");
    }
  }

  private void createPublication() throws SQLException {
    database.execute(
        """
        DO $$ BEGIN
          CREATE PUBLICATION %s FOR TABLE config WITH (publish = 'insert');
        EXCEPTION WHEN duplicate_object THEN NULL; -- the hub was quicker
        END $$
        """
            .formatted(database.source().publication()));
  }

  @Test
  void noticesThatThePublicationWasMadeAnewWhileItWasRead() throws SQLException {
    try (WatchHub hub = database.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      assertThat(watch.snapshot()).isEmpty();
      String publication = database.source().publication();
      database.execute("DROP PUBLICATION " + publication);
      database.set("/missed", "1"); // PostgreSQL 18 does not send it
      createPublication();
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/missed");
      database.set("/next", "2");
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/next");
    }
  }

  @Test
  void doesNotTellATransactionWithoutTheRowsThatAnAlteredPublicationLeavesOut()
      throws SQLException {
    try (WatchHub hub = database.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      database.execute(
          "ALTER PUBLICATION %s SET TABLE config WHERE (key <> '/left-out')"
              .formatted(database.source().publication()));
      database.execute("SELECT set('/left-out', '1'), set('/let-through', '1')");
      assertThat(watch.commit().changes())
          .extracting(change -> change.item().key())
          .containsExactly("/left-out", "/let-through");
    }
  }

  @Test
  void noticesThatThePublicationWasMadeAnewWhileItWasCutOff() throws SQLException {
    try (TcpProxy link = TcpProxy.to(PostgresServer.shared().port());
        WatchHub hub = database.startHub(through(link));
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      link.shut();
      Awaitility.await("the hub is cut off").until(() -> !hub.isReady());
      database.execute("DROP PUBLICATION " + database.source().publication());
      database.set("/missed", "1");
      createPublication();
      link.pass();
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/missed");
    }
  }

  private Source through(TcpProxy link) {
    Source source = database.source();
    String port = String.valueOf(PostgresServer.shared().port());
    return new Source(
        source.jdbcUrl().replace(port, String.valueOf(link.port())),
        source.schema(),
        source.slot(),
        source.publication());
  }

  @Test
  void doesNotBelieveTheHeartbeatOfAHubWithAnotherSlot() throws SQLException {
    try (WatchHub hub = database.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      String publication = database.source().publication();
      database.execute("DROP PUBLICATION " + publication);
      database.set("/missed", "1");
      database.execute(
          "SELECT pg_logical_emit_message(true, 'watchhub', 'another 1 0 slot ' || pg_current_snapshot() || ' mark')");
      createPublication();
      assertThat(watch.commit().changes().get(0).item().key()).isEqualTo("/missed");
    }
  }

  @Test
  void distrustsASlotThatWasReadByNobodyWhileThePublicationWasGone() throws SQLException {
    String id;
    try (WatchHub hub = database.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "")) {
      watch.snapshot();
      id = watch.lastId();
    }
    database.execute("DROP PUBLICATION " + database.source().publication());
    database.set("/missed", "1");
    try (WatchHub hub = database.startHub();
        WatchStream watch = WatchStream.open(hub.port(), "", id)) {
      assertThat(watch.next(WatchEvent.Reset.class).reason()).isEqualTo(ResetReason.EXPIRED);
      assertThat(watch.snapshot()).extracting(Item::key).containsExactly("/missed");
    }
  }
}
