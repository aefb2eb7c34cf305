package dev.watchhub.bench.harness;

import dev.watchhub.bench.machine.LoadMeter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What every benchmark is told.
 *
 * @param quick fewer rounds and cases, shorter windows
 * @param rounds how many were asked for; null for the benchmark's usual number
 * @param window how long a measurement was asked to be; null for the benchmark's usual length
 * @param productJar {@code watchhub.jar}, which the hubs under test run from
 * @param dataDirectory where databases and peers keep their data; on a disk, not in memory
 * @param meter told of the servers that are not children of this process
 */
public record RunSettings(
    boolean quick,
    @Nullable Integer rounds,
    @Nullable Duration window,
    Path productJar,
    Path dataDirectory,
    LoadMeter meter,
    Progress progress) {
  /**
   * The pace that was asked for, filled up by what is usual. Nothing that is thrown away takes
   * longer than a window that was asked for.
   *
   * @param full usual one
   * @param whenQuick usual one of a quick run
   */
  public Pace pace(Pace full, Pace whenQuick) {
    Pace usual = quick ? whenQuick : full;
    int times = rounds == null ? usual.rounds() : rounds;
    return window == null
        ? new Pace(times, usual.warmUp(), usual.window(), usual.practice())
        : new Pace(
            times, shorter(usual.warmUp(), window), window, shorter(usual.practice(), window));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
