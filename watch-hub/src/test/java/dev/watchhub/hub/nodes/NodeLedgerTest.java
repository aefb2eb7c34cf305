package dev.watchhub.hub.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeLedgerTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // it may overflow
  private final NodeLedger ledger = new NodeLedger(now::get);

  private static NodeReport report(String node, long refused, boolean leaving) {
    return new NodeReport(node, null, "1", Instant.EPOCH, List.of(), refused, leaving);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private List<String> shown() {
    return ledger.entries().stream()
        .map(
            entry ->
                entry.report().node()
                    + entry.report().refusedCount()
                    + (entry.gone() ? " gone" : ""))
        .toList();
  }

  @Test
  void theNewestReportOfANodeCounts() {
    assertThat(ledger.take(report("b", 1, false))).isTrue();
    assertThat(ledger.take(report("a", 0, false))).isTrue();
    assertThat(ledger.take(report("b", 2, false))).isTrue();

    assertThat(shown()).containsExactly("a0", "b2");
  }

  @Test
  void aSilentNodeIsGoneAfter15SecondsAndForgotten30SecondsLater() {
    ledger.take(report("a", 0, false));
    pass(Duration.ofMillis(14_999));
    assertThat(shown()).containsExactly("a0");
    pass(Duration.ofMillis(1));
    assertThat(shown()).containsExactly("a0 gone");
    pass(Duration.ofSeconds(30));
    assertThat(shown()).containsExactly("a0 gone");
    pass(Duration.ofMillis(1));
    assertThat(shown()).isEmpty();
  }

  @Test
  void oneThatSaysSoIsGoneAtOnceAndMayComeBack() {
    ledger.take(report("a", 0, true));
    assertThat(shown()).containsExactly("a0 gone");

    ledger.take(report("a", 1, false));
    assertThat(shown()).containsExactly("a1");
  }

  @Test
  void saysForHowLongItHasCollected() {
    pass(Duration.ofSeconds(3));
    assertThat(ledger.collecting()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void takesNoMoreThanItsBytesUntilOthersAreForgotten() {
    NodeReport.Refused one = new NodeReport.Refused("/k", 1, "x".repeat(1000));
    List<NodeReport.Refused> refused = Collections.nCopies(NodeReport.MAX_REFUSED, one);
    int taken = 0;
    while (ledger.take(large("n" + taken, refused))) {
      taken++;
    }
    assertThat(taken).isBetween(200, 400); // of more than 200,000 bytes each
    assertThat(ledger.take(large("n0", refused))).isTrue();
    assertThat(ledger.take(report("n0", 0, false))).isTrue();
    assertThat(ledger.take(report("small", 0, false))).isTrue();

    pass(Duration.ofSeconds(46));
    for (int i = 0; i < taken; i++) {
      assertThat(ledger.take(large("m" + i, refused))).isTrue();
    }
  }

  private static NodeReport large(String node, List<NodeReport.Refused> refused) {
    return new NodeReport(node, null, "1", Instant.EPOCH, refused, refused.size(), false);
  }

  private void reportsStartedAt(long seconds) {
    Instant started = Instant.ofEpochSecond(seconds);
    ledger.take(new NodeReport("a", null, "1", started, List.of(), 0, false));
    pass(Duration.ofSeconds(4));
  }

  private boolean conflict() {
    return ledger.entries().get(0).conflict();
  }

  @Test
  void seesThatTwoNodesReportUnderOneName() {
    reportsStartedAt(0);
    reportsStartedAt(1);
    reportsStartedAt(2);
    assertThat(conflict()).isFalse(); // it may have been started anew, more than once
    reportsStartedAt(1);
    assertThat(conflict()).isTrue();
    reportsStartedAt(2);
    assertThat(conflict()).isTrue();
    reportsStartedAt(2);
    reportsStartedAt(2);
    reportsStartedAt(2);
    assertThat(conflict()).isFalse(); // the other was silent for 15 s
  }

  @Test
  void takesNoMoreThanItHasRoomForUntilOthersAreForgotten() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(ledger.take(report("n" + i, 0, false))).isTrue();
    }
    assertThat(ledger.take(report("more", 0, false))).isFalse();
    assertThat(ledger.take(report("n7", 1, false))).isTrue();

    pass(Duration.ofSeconds(46));
    assertThat(ledger.take(report("more", 0, false))).isTrue();
    assertThat(shown()).containsExactly("more0");
  }
}
