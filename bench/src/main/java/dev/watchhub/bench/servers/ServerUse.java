package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.machine.CpuTimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a server took during a window.
 *
 * @param cores that it kept busy on average
 * @param memoryMegabytes at the end, of all its processes; what they share counts once. 0 where the
 *     system does not tell
 */
public record ServerUse(double cores, double memoryMegabytes) {
  /** Begins to look at a process with its children. */
  public static Watch of(ProcessHandle process) {
    return new Watch(process, CpuTimes.treeSeconds(process), System.nanoTime());
  }

  /** Begins to look at the process with this id. */
  public static Watch of(long pid) {
    return of(
        ProcessHandle.of(pid)
            .orElseThrow(() -> new BenchException("process %d has ended".formatted(pid))));
  }

  /** A look that has begun. */
  public record Watch(ProcessHandle process, double cpuSeconds, long startNanos) {
    /** What happened since. */
    public ServerUse end() {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      double cores = (CpuTimes.treeSeconds(process) - cpuSeconds) / seconds;
      long kilobytes =
          Stream.concat(Stream.of(process), process.descendants())
              .mapToLong(p -> kilobytes(p.pid()))
              .sum();
      return new ServerUse(cores, kilobytes / 1024.0);
    }
  }

  /** Proportional set size, proc(5). */
  private static long kilobytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
