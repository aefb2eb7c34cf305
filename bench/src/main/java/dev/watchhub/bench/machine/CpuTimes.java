package dev.watchhub.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** CPU time and memory of processes, out of Linux's {@code /proc} (proc(5)). Stateless. */
public final class CpuTimes {
  private static final Path PROC = Path.of("/proc");
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux

  private CpuTimes() {}

  /** Seconds that all CPUs together were busy since the start; empty where there is no /proc. */
  public static OptionalDouble machineSeconds() {
    try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
      String[] words = lines.findFirst().orElse("").split(" +", -1);
      // cpu user nice system idle iowait irq softirq steal; guest time is in user time already.
      double ticks = 0;
      for (int i : new int[] {1, 2, 3, 6, 7}) {
        ticks += Long.parseLong(words[i]);
      }
      return OptionalDouble.of(ticks / TICKS_PER_SECOND);
    } catch (IOException | RuntimeException e) {
      return OptionalDouble.empty();
    }
  }

  /**
   * Seconds that a process has used, with its ended children that it has waited for; 0 when it is
   * gone.
   */
  public static double processSeconds(long pid) {
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      double ticks = 0;
      for (int i = 11; i <= 14; i++) { // utime stime cutime cstime
        ticks += Long.parseLong(words[i]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException | RuntimeException e) {
      return 0;
    }
  }

  /** Seconds that a process and all that live below it have used. */
  public static double treeSeconds(ProcessHandle root) {
    return processSeconds(root.pid())
        + root.descendants().mapToDouble(p -> processSeconds(p.pid())).sum();
  }

  /** Bytes of memory that a process holds; empty when it is gone or the system does not tell. */
  public static OptionalLong residentBytes(long pid) {
    try (Stream<String> lines = Files.lines(PROC.resolve(pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst();
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }
}
