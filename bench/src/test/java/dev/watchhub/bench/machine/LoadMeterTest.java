package dev.watchhub.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;

final class LoadMeterTest {
  private final LoadMeter meter = new LoadMeter();

  @Test
  void countsTheTimeOfThisProcessAsItsOwn() {
    assumeThat(CpuTimes.machineSeconds()).as("a system with /proc").isPresent();
    LoadMeter.Reading reading = meter.read();
    double before = CpuTimes.processSeconds(ProcessHandle.current().pid()); // after the reading

    while (CpuTimes.processSeconds(ProcessHandle.current().pid()) < before + 0.1) {
      Thread.onSpinWait();
    }

    assertThat(meter.since(reading).ownCpuSeconds()).isGreaterThanOrEqualTo(0.09);
  }

  @Test
  void countsAChildOnceThatWasAddedToo() throws Exception {
    assumeThat(CpuTimes.machineSeconds()).as("a system with /proc").isPresent();
    Process child = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
    try {
      while (CpuTimes.processSeconds(child.pid()) < 0.3) {
        Thread.onSpinWait();
      }
      // Standing still, it uses nothing between two looks.
      new ProcessBuilder("kill", "-STOP", Long.toString(child.pid())).start().waitFor();
      double apart = meter.read().ownSeconds();
      meter.add(child.toHandle());
      double added = meter.read().ownSeconds();

      assertThat(added - apart).as("0.3 s more when it counts twice").isLessThan(0.25);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void knowsTheMemoryOfAProcess() {
    assumeThat(CpuTimes.machineSeconds()).as("a system with /proc").isPresent();

    assertThat(CpuTimes.residentBytes(ProcessHandle.current().pid()).orElse(0))
        .isGreaterThan(1 << 20);
  }
}
