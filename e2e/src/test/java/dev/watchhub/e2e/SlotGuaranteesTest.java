package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.e2e.FaultBed.Options;
import dev.watchhub.e2e.Round.Load;
import dev.watchhub.e2e.Round.Witness;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.protocol.ResetReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** The promises of a watch, checked while slot, publication and table break. */
@Tag("slow")
final class SlotGuaranteesTest {
  private static final long MIB = 1 << 20;

  @Test
  void survivesTheEndOfTheWalsender() {
    Fault.WALSENDER_ENDED.mustBeSurvived();
  }

  @Test
  void fillsTheGapWhenTheSlotWasDropped() {
    Fault.SLOT_DROPPED.mustBeSurvived();
  }

  @Test
  void fillsTheGapWhenTheSlotWasInvalidated() {
    Fault.SLOT_INVALIDATED.mustBeSurvived();
  }

  @Test
  void resetsOldPositionsWhenTheSlotWasLostWhileTheHubWasDown() {
    Fault.SLOT_LOST_WHILE_THE_HUB_WAS_DOWN.mustBeSurvived();
  }

  @Test
  void fillsTheGapOfALostSlotWhoseRemakingWaitsForATransaction() {
    Fault.TRANSACTION_OPEN_WHILE_A_LOST_SLOT_IS_REMADE.mustBeSurvived();
  }

  @Test
  void healsWhatWasWrittenWhileThereWasNoPublication() {
    Fault.PUBLICATION_REMADE.mustBeSurvived();
  }

  @Test
  void healsWhatWasWrittenWhileThePublicationLeftOutColumns() {
    Fault.PUBLICATION_WITHOUT_A_COLUMN.mustBeSurvived();
  }

  @Test
  void healsWhatWasWrittenWhileThePublicationLeftOutRows() {
    Fault.PUBLICATION_WITHOUT_SOME_ROWS.mustBeSurvived();
  }

  @Test
  void healsADirectInsert() {
    Fault.ROW_INSERTED_DIRECTLY.mustBeSurvived();
  }

  @Test
  void takesNothingFromWatchersThatLagWhenItIsCompacted() {
    Fault.COMPACTION_WHILE_WATCHERS_LAG.mustBeSurvived();
  }

  @Test
  void resetsWhoeverMissesWhatCompactionTookFromALostSlotsGap() {
    try (FaultBed bed = FaultBed.start(Options.USUAL)) {
      Round round = Round.start(bed, "round", Load.USUAL.withWitness(Witness.COMPACTED_TABLE));
      bed.hubsLink.stall();
      bed.dropSlot();
      round.letWrite();
      bed.execute("SELECT compact_to_latest('%s')".formatted(round.prefix()));
      bed.hubsLink.pass();
      round.letWrite();
      Outcome outcome = round.finish().keptEveryPromise();
      assertThat(outcome.resetsOf("all")).containsOnly(ResetReason.COMPACTED);
    }
  }

  @Test
  void namesTheTransactionThatHoldsBackWriteAheadLog() throws SQLException {
    try (FaultBed bed = FaultBed.start(Options.USUAL);
        Connection held = bed.connect();
        Statement statement = held.createStatement()) {
      held.setAutoCommit(false);
      statement.execute("CREATE TABLE elsewhere (v text)");
      bed.fillWal(20);
      int pid = held.unwrap(PGConnection.class).getBackendPID();
      FaultBed.awaiting("the hub's status names the process " + pid)
          .until(() -> bed.hub().status().matches("(?s).*\\b" + pid + "\\b.*"));
    }
  }

  @Test
  void holdsBackLittleWriteAheadLogWhileOnlyOthersWrite() throws SQLException {
    LogBounds bounds = new LogBounds(64 * MIB, Duration.ofMinutes(10), 64 * MIB);
    try (FaultBed bed = FaultBed.start(Options.USUAL.withBounds(bounds))) {
      bed.execute("CREATE DATABASE elsewhere");
      String url = bed.database().jdbcUrl().replace("/postgres?", "/elsewhere?");
      String start = bed.query("SELECT pg_current_wal_lsn()").orElseThrow();
      try (Connection here = bed.connect();
          Connection elsewhere = java.sql.DriverManager.getConnection(url)) {
        for (Connection connection : List.of(here, elsewhere)) {
          try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE noise (v text)");
            statement.execute("ALTER TABLE noise ALTER v SET STORAGE PLAIN");
            for (int i = 0; i < 5; i++) {
              statement.execute(
                  "INSERT INTO noise SELECT repeat('x', 7900) FROM generate_series(1, 6600)");
              statement.execute("TRUNCATE noise");
            }
          }
        }
      }
      long written =
          Long.parseLong(
              bed.query("SELECT pg_current_wal_lsn() - '%s'::pg_lsn".formatted(start))
                  .orElseThrow());
      assertThat(written).isGreaterThan(500 * MIB);
      long bound = bounds.maxWalBytes() + 2 * 16 * MIB; // whole segments are kept
      FaultBed.awaiting("the slot holds back less than " + bound + " bytes")
          .untilAsserted(
              () ->
                  assertThat(heldBack(bed))
                      .as("held back; %s; %s", bed.slotState(), bed.hub().status())
                      .isLessThan(bound));
    }
  }

  private static long heldBack(FaultBed bed) {
    return Long.parseLong(
        bed.query(
                """
                SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)
                FROM pg_replication_slots WHERE slot_name = '%s'
                """
                    .formatted(FaultBed.SLOT))
            .orElseThrow());
  }
}
