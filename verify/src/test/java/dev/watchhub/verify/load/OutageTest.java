package dev.watchhub.verify.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.postgres.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A verification goes on when the database does, and its verdict holds. */
@Tag("slow")
final class OutageTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private PostgresServer server;
  private HubAndTable hub;

  @BeforeEach
  void start() throws SQLException {
    server = PostgresServer.temporary(Map.of());
    hub = new HubAndTable(server, "outage");
  }

  @AfterEach
  void stop() throws SQLException {
    hub.close();
    server.close();
  }

  private static void awaitMore(Verification verification, int commits) {
    long until = verification.load().commits() + commits;
    await(commits + " more commits")
        .atMost(LIMIT)
        .until(() -> verification.load().commits() >= until);
  }

  private Verdict verify(Fault fault) throws SQLException {
    // Without compaction: what it takes from a gap, the table does not tell any more.
    VerifyOptions options = hub.options().withLoad(4, 6).throughAllOutages().withoutCompaction();
    try (Verification verification = Verification.start(options)) {
      awaitMore(verification, 300);
      fault.happen();
      awaitMore(verification, 300);
      return verification.stop();
    }
  }

  /** Something that goes wrong. */
  @FunctionalInterface
  private interface Fault {
    void happen() throws SQLException;
  }

  @Test
  void knowsWhatWasCommittedWhenTheDatabaseCrashed() throws SQLException {
    Verdict verdict =
        verify(
            () -> {
              server.crash();
              server.restart();
            });
    assertThat(verdict.report().violations()).isEmpty();
    assertThat(verdict.truth().span()).isPresent();
    assertThat(verdict.load().outages()).isPositive();
    assertThat(hub.number("SELECT count(*) FROM config")).isZero();
    assertThat(hub.number("SELECT count(*) FROM pg_replication_slots")).isEqualTo(1);
  }

  @Test
  void judgesTheGapThatAHubFillsAfterItsSlotWasDropped() throws SQLException {
    Verdict verdict = verify(() -> dropSlots("slot_name = 'outage'"));
    assertThat(verdict.report().violations()).isEmpty();
    assertThat(verdict.truth().span()).isPresent();
    assertThat(verdict.report().filledGaps() + verdict.report().resets()).isPositive();
  }

  @Test
  void judgesByTheTableWhenItsOwnSlotWasDroppedToo() throws SQLException {
    Verdict verdict = verify(() -> dropSlots("true"));
    assertThat(verdict.report().violations()).isEmpty();
    assertThat(verdict.truth().span()).isEmpty();
    assertThat(verdict.notes()).anyMatch(note -> note.contains("was lost"));
  }

  private void dropSlots(String which) {
    await("the slot is dropped")
        .atMost(LIMIT)
        .ignoreExceptions() // while somebody has it
        .until(
            () -> {
              hub.execute(
                  "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active"
                      + " AND "
                      + which);
              hub.execute(
                  "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE "
                      + which);
              return true;
            });
  }
}
