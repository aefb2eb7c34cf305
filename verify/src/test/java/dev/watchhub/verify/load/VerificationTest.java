package dev.watchhub.verify.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.verify.Promise;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A verification over a real hub and a real database. */
final class VerificationTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static HubAndTable hub;

  @BeforeAll
  static void start() throws SQLException {
    hub = new HubAndTable(PostgresServer.shared(), "verification");
  }

  @AfterAll
  static void stop() throws SQLException {
    hub.close();
  }

  @Test
  void findsNothingAtAHubThatIsRightAndLeavesNothing() throws SQLException {
    Verdict verdict;
    try (Verification verification = Verification.start(hub.options())) {
      await("it writes")
          .atMost(LIMIT)
          .until(() -> verification.hasFailed() || verification.load().commits() > 2_000);
      verdict = verification.stop();
    }
    assertThat(verdict.report().violations()).isEmpty();
    assertThat(verdict.truth().span()).isPresent();
    assertThat(verdict.truth().transactions()).hasSizeGreaterThan(1_500);
    assertThat(verdict.load().compactedRows()).isPositive();
    for (Promise promise : Promise.values()) {
      assertThat(verdict.report().checked(promise)).as("%s", promise).isPositive();
    }
    assertThat(verdict.histories()).hasSizeGreaterThan(8);
    assertThat(verdict.notes()).isEmpty();
    assertThat(hub.number("SELECT count(*) FROM config")).isZero();
    await("slot and publication are gone")
        .atMost(LIMIT)
        .until(
            () ->
                hub.number(
                        """
                        SELECT (SELECT count(*) FROM pg_replication_slots
                            WHERE slot_name LIKE 'watchhub_verify%')
                          + (SELECT count(*) FROM pg_publication
                            WHERE pubname LIKE 'watchhub_verify%')
                        """)
                    == 0);
  }

  @Test
  void saysWhatIsNotThere() {
    assertThatThrownBy(
            () ->
                Verification.start(
                    VerifyOptions.of(URI.create("http://127.0.0.1:1"), hub.server.jdbcUrl())
                        .withSchema(hub.schema)))
        .isInstanceOf(VerifyException.class)
        .hasMessage("the hub: nothing answers at http://127.0.0.1:1/");
    assertThatThrownBy(
            () ->
                Verification.start(
                    VerifyOptions.of(hub.url(), "jdbc:postgresql://127.0.0.1:1/x?user=x")))
        .isInstanceOf(VerifyException.class)
        .hasMessageStartingWith("the database: ")
        .hasMessageContaining("127.0.0.1:1");
    assertThatThrownBy(() -> Verification.start(hub.options().withSchema("nosuch")))
        .isInstanceOf(VerifyException.class)
        .hasMessageContaining("nosuch");
  }

  @Test
  void saysWhatTheRoleLacks() throws SQLException {
    hub.execute("CREATE ROLE weak LOGIN");
    try {
      String url = hub.server.jdbcUrl().replace("user=postgres", "user=weak");
      VerifyOptions options = VerifyOptions.of(hub.url(), url).withSchema(hub.schema);
      assertThatThrownBy(() -> Verification.start(options))
          .isInstanceOf(VerifyException.class)
          .hasMessageContaining("weak lacks REPLICATION");
      hub.execute("ALTER ROLE weak REPLICATION");
      hub.execute("GRANT USAGE ON SCHEMA " + hub.schema + " TO weak");
      assertThatThrownBy(() -> Verification.start(options))
          .isInstanceOf(VerifyException.class)
          .hasMessageContaining("weak does not own the table");
    } finally {
      hub.execute("REVOKE USAGE ON SCHEMA " + hub.schema + " FROM weak");
      hub.execute("DROP ROLE weak");
    }
  }

  @Test
  void saysThatTheHubFollowsAnotherCluster() throws SQLException {
    try (PostgresServer other = PostgresServer.temporary(java.util.Map.of());
        HubAndTable there = new HubAndTable(other, "another")) {
      VerifyOptions options =
          VerifyOptions.of(there.url(), hub.server.jdbcUrl()).withSchema(hub.schema);
      assertThatThrownBy(() -> Verification.start(options))
          .isInstanceOf(VerifyException.class)
          .hasMessageContaining("follows the database cluster");
    }
  }
}
