package dev.watchhub.bench.replay;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.servers.HubProcess;
import dev.watchhub.bench.servers.LiveHeap;
import dev.watchhub.bench.servers.ServerUse;
import java.time.Duration;
import java.util.List;

/** A start of a hub, with a slot that is new or one that is there. */
final class StartArm implements Arm<StartCase> {
  static final String READY = "ready s";
  static final String HEAP = "heap MB";

  private static final double MEGABYTE = 1 << 20;
  private static final String SLOT = "bench_start";

  /** Whether the hub finds its slot. */
  enum Slot {
    NEW("hub, a new slot"),
    KEPT("hub, its slot kept");

    private final String words;

    Slot(String words) {
      this.words = words;
    }
  }

  private final RunSettings run;
  private final Database database;
  private final Slot slot;

  StartArm(RunSettings run, Database database, Slot slot) {
    this.run = run;
    this.database = database;
    this.slot = slot;
  }

  static String name(Slot slot) {
    return slot.words;
  }

  @Override
  public String name() {
    return name(slot);
  }

  @Override
  public RunningArm start(StartCase testCase) {
    Slots.drop(database, SLOT);
    if (slot == Slot.KEPT) {
      Slots.create(database, SLOT);
    }
    return new RunningArm() {
      @Override
      public Values measure(Duration window) {
        return StartArm.this.measure();
      }

      @Override
      public void close() {
        Slots.drop(database, SLOT);
      }
    };
  }

  private Values measure() {
    try (HubProcess hub =
        HubProcess.start(run, database.jdbcUrl(), List.of(), List.of("--slot", SLOT))) {
      double memory = ServerUse.of(hub.pid()).end().memoryMegabytes();
      double heap = LiveHeap.bytes(hub.pid()) / MEGABYTE;
      return Values.none()
          .with(READY, hub.startTime().toNanos() / 1e9)
          .with(HEAP, heap)
          .with("memory MB", memory);
    }
  }
}
