package dev.watchhub.bench.servers;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How a process of the benchmark's own ends. Stateless. */
public final class Ending {
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private Ending() {}

  /** Asks {@code process} to end, and ends it when it has not in 15 s. */
  public static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
