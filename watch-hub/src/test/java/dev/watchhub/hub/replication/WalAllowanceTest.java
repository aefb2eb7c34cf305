package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.replication.SlotReport.OpenTransaction;
import org.junit.jupiter.api.Test;

final class WalAllowanceTest {
  private static final long MIB = 1 << 20;

  private final WalAllowance allowance = new WalAllowance(64 * MIB);

  private long after(long mebibytes) {
    allowance.note(new SlotReport(mebibytes * MIB, null));
    return allowance.bytes();
  }

  @Test
  void givesWayWhenTheSlotHoldsTooMuch() {
    assertThat(allowance.bytes()).isEqualTo(64 * MIB);
    assertThat(after(64)).isEqualTo(64 * MIB);
    assertThat(after(65)).isZero();
    assertThat(after(40)).isZero();
  }

  @Test
  void takesBackWhatItGaveOnceTheSlotHoldsLittle() {
    after(500);
    assertThat(after(10)).isEqualTo(MIB);
    assertThat(after(10)).isEqualTo(2 * MIB);
    for (int i = 0; i < 10; i++) {
      after(10);
    }
    assertThat(allowance.bytes()).isEqualTo(64 * MIB);
  }

  @Test
  void doesNotGiveWayForATransactionThatHoldsTheLogAnyhow() {
    OpenTransaction open = new OpenTransaction(7, "db", "psql", 60);
    allowance.note(new SlotReport(500 * MIB, open));
    assertThat(allowance.bytes()).isEqualTo(64 * MIB);
  }

  @Test
  void staysUnderHalfOfWhatTheServerKeeps() {
    allowance.serverKeeps(40 * MIB);
    assertThat(allowance.bytes()).isEqualTo(20 * MIB);
    allowance.serverKeeps(Long.MAX_VALUE);
    after(1);
    assertThat(after(1)).isEqualTo(64 * MIB);
  }
}
