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
   * The pace that was asked for, filled up by what is usual.
   *
   * @param full usual one
   * @param whenQuick usual one of a quick run
   */
  public Pace pace(Pace full, Pace whenQuick) {
    Pace usual = quick ? whenQuick : full;
    return new Pace(
        rounds == null ? usual.rounds() : rounds,
        usual.warmUp(),
        window == null ? usual.window() : window,
        usual.practice());
  }
}
