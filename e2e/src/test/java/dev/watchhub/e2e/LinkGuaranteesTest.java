package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.e2e.FaultBed.Options;
import dev.watchhub.e2e.Round.Load;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.protocol.ResetReason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The promises of a watch, checked over bad links, bad clients and huge commits. */
@Tag("slow")
final class LinkGuaranteesTest {
  private static final long MIB = 1 << 20;
  private static final int HUGE_ROWS = 100_000;

  @Test
  void survivesCutsOfTheLinkToTheDatabase() {
    Fault.LINK_TO_THE_DATABASE_CUT.mustBeSurvived();
  }

  @Test
  void noticesADatabaseThatGoesSilent() {
    Fault.LINK_TO_THE_DATABASE_STALLED.mustBeSurvived();
  }

  @Test
  void survivesASlowLinkToTheDatabase() {
    Fault.LINK_TO_THE_DATABASE_SLOW.mustBeSurvived();
  }

  @Test
  void survivesCutsOfTheLinkToTheClients() {
    Fault.LINK_TO_THE_CLIENTS_CUT.mustBeSurvived();
  }

  @Test
  void survivesAStallOfTheLinkToTheClients() {
    Fault.LINK_TO_THE_CLIENTS_STALLED.mustBeSurvived();
  }

  @Test
  void survivesASlowLinkToTheClients() {
    Fault.LINK_TO_THE_CLIENTS_SLOW.mustBeSurvived();
  }

  @Test
  void closesAClientThatStopsReadingWhileOthersGoOn() {
    Fault.CLIENT_THAT_STOPS_READING.mustBeSurvived();
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
}
