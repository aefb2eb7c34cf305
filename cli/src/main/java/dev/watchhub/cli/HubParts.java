package dev.watchhub.cli;

import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.fanout.Timing;
import dev.watchhub.hub.log.LogBounds;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.lifecycle.Faults;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a hub is told on the command line. */
final class HubParts {
  private static final long MAX_LOG_MINUTES = 366 * 24 * 60;
  private static final long MAX_DEADLINE_SECONDS = 24 * 60 * 60;

  @Option(
      names = "--hub-port",
      paramLabel = "PORT",
      defaultValue = "${env:WATCHHUB_HUB_PORT:-9280}",
      description = "port of the hub (default: ${DEFAULT-VALUE})")
  int port;

  @Option(
      names = "--slot",
      paramLabel = "NAME",
      defaultValue = "${env:WATCHHUB_SLOT:-watchhub}",
      description = "the hub's replication slot; created when missing (default: ${DEFAULT-VALUE})")
  private String slot = "";

  @Option(
      names = "--log-bytes",
      paramLabel = "BYTES",
      defaultValue = "${env:WATCHHUB_LOG_BYTES:-67108864}",
      description = "memory for the last commits (default: ${DEFAULT-VALUE})")
  private long logBytes;

  @Option(
      names = "--log-minutes",
      paramLabel = "N",
      defaultValue = "${env:WATCHHUB_LOG_MINUTES:-10}",
      description = "how long a commit is kept (default: ${DEFAULT-VALUE})")
  private long logMinutes;

  @Option(
      names = "--log-wal-bytes",
      paramLabel = "BYTES",
      defaultValue = "${env:WATCHHUB_LOG_WAL_BYTES:-268435456}",
      description = "write-ahead log that the server keeps for the hub (default: ${DEFAULT-VALUE})")
  private long logWalBytes;

  @Option(
      names = "--write-deadline-seconds",
      paramLabel = "N",
      defaultValue = "${env:WATCHHUB_WRITE_DEADLINE_SECONDS:-30}",
      description = "when a client that takes no bytes is cut off (default: ${DEFAULT-VALUE})")
  private long writeDeadlineSeconds;

  /** Starts a hub of {@code jdbcUrl} and {@code schema}. */
  WatchHub start(ListenOptions listen, String jdbcUrl, String schema, Faults faults) {
    check("--log-bytes", logBytes, Long.MAX_VALUE);
    check("--log-minutes", logMinutes, MAX_LOG_MINUTES);
    check("--log-wal-bytes", logWalBytes, Long.MAX_VALUE);
    check("--write-deadline-seconds", writeDeadlineSeconds, MAX_DEADLINE_SECONDS);
    Timing usual = Timing.DEFAULT;
    return WatchHub.start(
        new HubOptions(
            listen.address(port),
            source(jdbcUrl, schema),
            new LogBounds(logBytes, Duration.ofMinutes(logMinutes), logWalBytes),
            new Timing(
                usual.bookmarkEvery(),
                usual.commentEvery(),
                Duration.ofSeconds(writeDeadlineSeconds)),
            1),
        faults);
  }

  private static void check(String option, long value, long max) {
    if (value < 1 || value > max) {
      String end = max == Long.MAX_VALUE ? "a number from 1 on" : "a number from 1 to " + max;
      throw new UsageException("%s is %d: expected %s".formatted(option, value, end));
    }
  }

  private Source source(String jdbcUrl, String schema) {
    try {
      String publication = schema.equals("public") ? "watchhub" : "watchhub_" + schema;
      return new Source(jdbcUrl, schema, slot, publication);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }
}
