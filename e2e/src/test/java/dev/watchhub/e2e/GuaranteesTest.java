package dev.watchhub.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.watchhub.e2e.FaultBed.Options;
import dev.watchhub.e2e.Round.Load;
import dev.watchhub.e2e.Round.Witness;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.testkit.TcpProxy;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.WatchGuarantees;
import dev.watchhub.verify.WatchHistory;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchRequest;
import dev.watchhub.verify.WatchStep;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** The promises of a watch, checked while everything around it breaks. */
@Tag("faults")
final class GuaranteesTest {
  private static final long MIB = 1 << 20;
  private static final int HUGE_ROWS = 100_000;

  private static void survives(Fault fault) {
    Options options = fault.needsProcess() ? Options.USUAL.inOwnProcess() : Options.USUAL;
    try (FaultBed bed = FaultBed.start(options)) {
      fault.strikeAndCheck(bed, Round.start(bed, "round", Load.USUAL.withWitness(fault.witness())));
    }
  }

  @Test
  void survivesTheKillingOfTheHub() {
    survives(Fault.HUB_KILLED);
  }

  @Test
  void survivesTheKillingOfTheDatabase() {
    survives(Fault.DATABASE_KILLED);
  }

  @Test
  void survivesTheKillingOfHubAndDatabase() {
    survives(Fault.HUB_AND_DATABASE_KILLED);
  }

  @Test
  void survivesTheEndOfTheWalsender() {
    survives(Fault.WALSENDER_ENDED);
  }

  @Test
  void fillsTheGapWhenTheSlotWasDropped() {
    survives(Fault.SLOT_DROPPED);
  }

  @Test
  void fillsTheGapWhenTheSlotWasInvalidated() {
    survives(Fault.SLOT_INVALIDATED);
  }

  @Test
  void resetsOldPositionsWhenTheSlotWasLostWhileTheHubWasDown() {
    survives(Fault.SLOT_LOST_WHILE_THE_HUB_WAS_DOWN);
  }

  @Test
  void healsWhatWasWrittenWhileThereWasNoPublication() {
    survives(Fault.PUBLICATION_REMADE);
  }

  @Test
  void healsWhatWasWrittenWhileThePublicationLeftOutColumns() {
    survives(Fault.PUBLICATION_WITHOUT_A_COLUMN);
  }

  @Test
  void healsWhatWasWrittenWhileThePublicationLeftOutRows() {
    survives(Fault.PUBLICATION_WITHOUT_SOME_ROWS);
  }

  @Test
  void goesOnOverThePromotionOfAStandbyThatLacksNothing() {
    survives(Fault.STANDBY_PROMOTED_IN_STEP);
  }

  @Test
  void survivesCutsOfTheLinkToTheDatabase() {
    survives(Fault.LINK_TO_THE_DATABASE_CUT);
  }

  @Test
  void noticesADatabaseThatGoesSilent() {
    survives(Fault.LINK_TO_THE_DATABASE_STALLED);
  }

  @Test
  void survivesASlowLinkToTheDatabase() {
    survives(Fault.LINK_TO_THE_DATABASE_SLOW);
  }

  @Test
  void survivesCutsOfTheLinkToTheClients() {
    survives(Fault.LINK_TO_THE_CLIENTS_CUT);
  }

  @Test
  void survivesAStallOfTheLinkToTheClients() {
    survives(Fault.LINK_TO_THE_CLIENTS_STALLED);
  }

  @Test
  void survivesASlowLinkToTheClients() {
    survives(Fault.LINK_TO_THE_CLIENTS_SLOW);
  }

  @Test
  void closesAClientThatStopsReadingWhileOthersGoOn() {
    survives(Fault.CLIENT_THAT_STOPS_READING);
  }

  @Test
  void needsNoRevisionsWithoutHoles() {
    survives(Fault.REVISIONS_BURNED);
  }

  @Test
  void startsWithoutAGapAcrossAnOpenTransaction() {
    survives(Fault.TRANSACTION_OPEN_WHILE_THE_HUB_STARTS);
  }

  @Test
  void fillsTheGapOfALostSlotWhoseRemakingWaitsForATransaction() {
    survives(Fault.TRANSACTION_OPEN_WHILE_A_LOST_SLOT_IS_REMADE);
  }

  @Test
  void takesNothingFromWatchersThatLagWhenItIsCompacted() {
    survives(Fault.COMPACTION_WHILE_WATCHERS_LAG);
  }

  @Test
  void doesNotMindThatTheDatabasesClockIsSetBack() {
    survives(Fault.CLOCK_SET_BACK);
  }

  @Test
  void healsADirectInsert() {
    survives(Fault.ROW_INSERTED_DIRECTLY);
  }

  @Test
  void asksNoCalendarForTheTime() {
    noClasses()
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(InstantSource.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .because("a clock of the hub's machine that is set back must harm nothing")
        .check(new ClassFileImporter().importPackages("dev.watchhub.hub"));
  }

  @Test
  void servesAClientThatComesBackAtRandomPositions() {
    try (FaultBed bed = FaultBed.start(Options.USUAL)) {
      Round round = Round.start(bed, "round", Load.USUAL.withShortWatches(8));
      round.writers().awaitMore(1_000);
      Outcome outcome = round.finish().keptEveryPromise().resetNobody();
      assertThat(round.histories()).hasSizeGreaterThan(outcome.watches().size() + 20);
    }
  }

  @Test
  void keepsTheOrderOfOneKeyThatSixteenWrite() {
    try (FaultBed bed = FaultBed.start(Options.USUAL)) {
      Round round = Round.start(bed, "round", Load.USUAL.withWriters(16, 1));
      round.writers().awaitMore(1_000);
      round.finish().keptEveryPromise().resetNobody();
    }
  }

  @Test
  void resetsAClientThatFallsOutOfTheLogAndNotTheOthers() {
    LogBounds small = new LogBounds(MIB, Duration.ofMinutes(10), 256 * MIB);
    try (FaultBed bed = FaultBed.start(Options.USUAL.withBounds(small))) {
      Round round = Round.start(bed, "round", Load.USUAL.withShortWatches(0));
      bed.clientsLink.toClient().slow(2_000);
      for (int i = 0; i < 60; i++) {
        bed.execute("SELECT set('%sk%d', repeat('x', 100000))".formatted(round.prefix(), i % 9));
      }
      round.letWrite();
      bed.clientsLink.pass();
      round.letWrite();
      Outcome outcome = round.finish().keptEveryPromise();
      assertThat(outcome.resetsOf("all")).containsOnly(ResetReason.LAGGED);
      assertThat(outcome.resetsOf("previous")).as("a client with little to read").isEmpty();
    }
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
  void voidsWhatAStandbyNeverGotWhenItIsPromoted() {
    try (FaultBed bed = FaultBed.withoutHub(Options.USUAL);
        TcpProxy standbysLink = TcpProxy.to(bed.database().port())) {
      PostgresServer standby = bed.addStandby(standbysLink.port());
      bed.startHub();
      Round round =
          Round.start(bed, "round", Load.USUAL.withWitness(Witness.TABLE).withShortWatches(0));
      standbysLink.shut();
      round.writers().awaitMore(300);
      round.settle();
      Truth lost = round.truth();
      String highest = bed.query("SELECT max(revision) FROM config").orElseThrow();
      String xid = bed.query("SELECT max(txid) FROM config").orElseThrow();

      bed.failOver(standby);
      assertThat(bed.query("SELECT 1 FROM config WHERE revision = " + highest)).isEmpty();
      bed.execute("SELECT set('%sagain', 'same revision')".formatted(round.prefix()));
      round.writers().pause(false);
      bed.hub().awaitReady();
      round.letWrite();
      bed.execute("SELECT set('%sagain', 'after it')".formatted(round.prefix()));
      round.end();

      assertThat(
              bed.query(
                  "SELECT 1 FROM config WHERE txid <= %s AND key LIKE '%%/again'".formatted(xid)))
          .as("a transaction id is used again")
          .isPresent();
      assertThat(
              bed.query("SELECT 1 FROM config WHERE key LIKE '%/again' AND revision <= " + highest))
          .as("a revision is used again")
          .isPresent();
      assertThat(
              Long.parseLong(bed.query("SELECT last_value FROM config_revision_seq").orElseThrow()))
          .as("revisions go on above all that were seen")
          .isGreaterThan(Long.parseLong(highest));
      List<WatchHistory> before = new ArrayList<>();
      List<WatchHistory> after = new ArrayList<>();
      for (WatchHistory history : round.histories()) {
        List<List<WatchStep>> parts = atSnapshots(history);
        assertThat(parts).as("begun anew, once: " + history.request().client()).hasSize(2);
        before.add(part(history, parts.get(0), Trait.FROM_BASE));
        after.add(part(history, parts.get(1)));
      }
      assertThat(WatchGuarantees.check(lost, before).violations()).isEmpty();
      assertThat(WatchGuarantees.check(round.truth(), after).violations()).isEmpty();
      for (WatchHistory history : round.longHistories()) {
        assertThat(Outcome.reasons(history)).containsExactly(ResetReason.TIMELINE);
      }
    }
  }

  /** What a client saw, from one snapshot until just before the reset that leads to the next. */
  private static List<List<WatchStep>> atSnapshots(WatchHistory history) {
    List<List<WatchStep>> parts = new ArrayList<>();
    boolean voided = true;
    for (WatchStep step : history.steps()) {
      if (step instanceof WatchStep.Snapshot) {
        parts.add(new ArrayList<>());
        voided = false;
      }
      voided |= step instanceof WatchStep.Reset;
      if (!voided && !(step instanceof WatchStep.Connected)) {
        parts.get(parts.size() - 1).add(step);
      }
    }
    return parts;
  }

  private static WatchHistory part(WatchHistory of, List<WatchStep> steps, Trait... traits) {
    WatchRequest request =
        WatchRequest.fromTheBeginning(of.request().client(), of.request().filter());
    Set<Trait> merged = of.traits().contains(Trait.MERGED) ? Set.of(Trait.MERGED) : Set.of();
    WatchHistory part = new WatchHistory(request, merged, steps).with(Trait.UNTIL_END);
    for (Trait trait : traits) {
      part = part.with(trait);
    }
    return part;
  }

  @Test
  void namesTheTransactionThatItsFirstSlotWaitsFor() throws SQLException {
    try (FaultBed bed = FaultBed.withoutHub(Options.USUAL);
        Connection held = bed.connect();
        Statement statement = held.createStatement()) {
      held.setAutoCommit(false);
      statement.execute("SELECT set('/held', 'begun before')");
      bed.startHubUnready();
      int pid = held.unwrap(PGConnection.class).getBackendPID();
      FaultBed.awaiting("the hub names the process " + pid)
          .until(() -> bed.hub().readiness().matches("(?s)503.*\\b" + pid + "\\b.*"));
      held.commit();
      bed.hub().awaitReady();
      assertThat(Http.get(bed.hub().port(), "/kv/held").status()).isEqualTo(200);
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
  void deliversAHugeCommitWholeOverASlowLinkWithinTheSendersPatience() {
    Options options = Options.USUAL.withSettings(Map.of("wal_sender_timeout", "5s"));
    try (FaultBed bed = FaultBed.start(options)) {
      Round round = Round.start(bed, "round", Load.USUAL.withShortWatches(0));
      Optional<String> walsender = bed.walsender();
      bed.hubsLink.toClient().slow(3 * MIB);
      bed.execute(bulk(round.prefix(), HUGE_ROWS));
      round.letWrite();
      Outcome outcome = round.finish().keptEveryPromise().resetNobody();
      assertThat(outcome.largestCommit("all")).isEqualTo(HUGE_ROWS);
      assertThat(bed.walsender()).as("nobody gave the connection up").isEqualTo(walsender);
    }
  }

  @Test
  void staysWithinItsMemoryOverCommitsThatAreHugeForIt() {
    LogBounds bounds = new LogBounds(48 * MIB, Duration.ofMinutes(10), 256 * MIB);
    try (FaultBed bed = FaultBed.start(Options.USUAL.inOwnProcess().withBounds(bounds))) {
      Round round = Round.start(bed, "round", Load.USUAL.withShortWatches(0));
      bed.execute(bulk(round.prefix(), HUGE_ROWS));
      round.letWrite();
      Outcome outcome = round.finish().keptEveryPromise().resetNobody();
      assertThat(outcome.largestCommit("all")).isEqualTo(HUGE_ROWS);
    }
  }

  @Test
  void resetsEverybodyAtACommitThatIsTooBigForTheLog() {
    LogBounds small = new LogBounds(4 * MIB, Duration.ofMinutes(10), 256 * MIB);
    try (FaultBed bed = FaultBed.start(Options.USUAL.withBounds(small))) {
      Round round = Round.start(bed, "round", Load.USUAL.withShortWatches(0));
      bed.execute(bulk(round.prefix(), HUGE_ROWS));
      round.letWrite();
      Outcome outcome = round.finish().keptEveryPromise();
      assertThat(outcome.resetsOf("all")).isNotEmpty();
    }
  }

  /** One commit of new keys, as a bulk load would write them; nobody is notified of each row. */
  private static String bulk(String prefix, int rows) {
    return """
    INSERT INTO config (
      key, value, revision, create_revision, version, prev_revision, notify_mode)
    SELECT '%sbulk/' || i, repeat('x', 60), r, r, 1, 0, 'off'
    FROM (SELECT i, nextval('config_revision_seq') AS r FROM generate_series(1, %d) i) numbered
    """
        .formatted(prefix, rows);
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
