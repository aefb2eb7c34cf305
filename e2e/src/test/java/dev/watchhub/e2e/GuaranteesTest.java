package dev.watchhub.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.watchhub.e2e.FaultBed.Options;
import dev.watchhub.e2e.Round.Load;
import dev.watchhub.e2e.Round.Witness;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * The promises of a watch, checked while the database, the hub and the writers do what they can.
 */
@Tag("slow")
final class GuaranteesTest {
  @Test
  void survivesTheKillingOfTheHub() {
    Fault.HUB_KILLED.mustBeSurvived();
  }

  @Test
  void survivesTheKillingOfTheDatabase() {
    Fault.DATABASE_KILLED.mustBeSurvived();
  }

  @Test
  void survivesTheKillingOfHubAndDatabase() {
    Fault.HUB_AND_DATABASE_KILLED.mustBeSurvived();
  }

  @Test
  void goesOnOverThePromotionOfAStandbyThatLacksNothing() {
    Fault.STANDBY_PROMOTED_IN_STEP.mustBeSurvived();
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
  void startsWithoutAGapAcrossAnOpenTransaction() {
    Fault.TRANSACTION_OPEN_WHILE_THE_HUB_STARTS.mustBeSurvived();
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
  void doesNotMindThatTheDatabasesClockIsSetBack() {
    Fault.CLOCK_SET_BACK.mustBeSurvived();
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
  void needsNoRevisionsWithoutHoles() {
    Fault.REVISIONS_BURNED.mustBeSurvived();
  }

  @Test
  void keepsTheOrderOfOneKeyThatSixteenWrite() {
    try (FaultBed bed = FaultBed.start(Options.USUAL)) {
      Round round = Round.start(bed, "round", Load.USUAL.withWriters(16, 1));
      round.writers().awaitMore(1_000);
      round.finish().keptEveryPromise().resetNobody();
    }
  }
}
