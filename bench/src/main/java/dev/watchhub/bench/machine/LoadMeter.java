package dev.watchhub.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the benchmark's own CPU time from that of others.
 *
 * <p>The benchmark's own is this process with its children, and what was added: servers that are
 * not its children. A process that begins and ends within a measurement counts as another's, unless
 * its parent waited for it.
 *
 * <p>Threading: any.
 */
public final class LoadMeter {
  /** One look at the clocks. */
  public record Reading(
      long nanoTime,
      @Nullable Double loadAverage,
      @Nullable Double machineSeconds,
      double ownSeconds) {}

  private final List<ProcessHandle> servers = new CopyOnWriteArrayList<>();

  /** Counts a process, and all below it, as the benchmark's own. */
  public void add(ProcessHandle server) {
    servers.add(server);
  }

  /** A process that was added has ended. */
  public void remove(ProcessHandle server) {
    servers.remove(server);
  }

  /** Looks at the clocks. */
  public Reading read() {
    OptionalDouble machine = CpuTimes.machineSeconds();
    double own = ownProcesses().stream().mapToDouble(CpuTimes::processSeconds).sum();
    return new Reading(
        System.nanoTime(),
        loadAverage(),
        machine.isPresent() ? (Double) machine.getAsDouble() : null,
        own);
  }

  /** Each once: a server may be a child of this process after all. */
  private Set<Long> ownProcesses() {
    Set<Long> pids = new HashSet<>();
    Stream.concat(Stream.of(ProcessHandle.current()), servers.stream())
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
        .forEach(process -> pids.add(process.pid()));
    return pids;
  }

  /** What happened since. */
  public Load since(Reading before) {
    Reading now = read();
    double seconds = (now.nanoTime() - before.nanoTime()) / 1e9;
    if (now.machineSeconds() == null || before.machineSeconds() == null) {
      return new Load(before.loadAverage(), seconds, null, null);
    }
    double own = now.ownSeconds() - before.ownSeconds();
    double all = now.machineSeconds() - before.machineSeconds();
    return new Load(before.loadAverage(), seconds, own, Math.max(0, all - own));
  }

  private static @Nullable Double loadAverage() {
    try {
      return Double.valueOf(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    } catch (IOException | NumberFormatException e) {
      return null;
    }
  }
}
