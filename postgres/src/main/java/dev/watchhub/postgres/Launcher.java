package dev.watchhub.postgres;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts or stops the postmaster of one data directory. */
record Launcher(DataDirectory data, Account account, Binaries binaries) {
  private static final Logger log = LoggerFactory.getLogger(Launcher.class);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration FAST_LIMIT = Duration.ofMillis(3500);
  private static final Duration IMMEDIATE_LIMIT = Duration.ofMillis(800);

  /** What became of a start: {@code reason} is empty when the server is ready. */
  record Outcome(ProcessHandle process, String reason) {}

  /** Starts the postmaster; returns when it accepts connections or has ended. */
  Outcome launch() throws IOException {
    long logOffset = data.prepareLog();
    ProcessHandle server = spawn(logOffset);
    try {
      data.remember(server);
      if (!Processes.await(START_LIMIT, () -> isReady(server) || !Processes.alive(server))) {
        throw new PostgresException(
            "PostgreSQL in %s was not ready within %d s; see %s"
                .formatted(data.root(), START_LIMIT.toSeconds(), data.log()));
      }
    } catch (RuntimeException | IOException e) {
      stop(server);
      throw e;
    }
    return new Outcome(server, Processes.alive(server) ? "" : data.failureSince(logOffset));
  }

  /**
   * Fast shutdown, then immediate, then kill: a replication client that hangs holds up the first.
   */
  void stop(ProcessHandle server) {
    if (!Processes.alive(server)) {
      return;
    }
    signal("INT", server);
    if (Processes.awaitGone(server, FAST_LIMIT)) {
      return;
    }
    log.info("PostgreSQL did not end within {} ms, ending it by force", FAST_LIMIT.toMillis());
    signal("QUIT", server);
    if (!Processes.awaitGone(server, IMMEDIATE_LIMIT)) {
      Processes.killTree(server);
    }
  }

  /** Ends the recovery of a standby; returns when it is a primary. */
  void promote() {
    Processes.Result result =
        Processes.run(
            account.command(
                binaries.program("pg_ctl"), "promote", "-w", "-D", data.cluster().toString()),
            binaries.home());
    if (result.exitCode() != 0) {
      throw new PostgresException(
          "PostgreSQL in %s was not promoted: %s".formatted(data.root(), result.lastLine()));
    }
  }

  private void signal(String name, ProcessHandle server) {
    Processes.run(
        account.command(binaries.program("pg_ctl"), "kill", name, Long.toString(server.pid())),
        binaries.home());
  }

  private boolean isReady(ProcessHandle server) {
    try {
      return data.postmaster()
          .filter(p -> p.process().pid() == server.pid() && p.status().equals("ready"))
          .isPresent();
    } catch (IOException | NumberFormatException beingWritten) {
      return false;
    }
  }

  /**
   * Starts the postmaster in a session of its own, out of reach of the terminal's Ctrl-C. By {@code
   * setsid} it is a child of this process, which then reaps it; elsewhere {@code pg_ctl} detaches
   * it.
   */
  private ProcessHandle spawn(long logOffset) throws IOException {
    String cluster = data.cluster().toString();
    if (Platform.isLinux() && Platform.hasProgram("setsid")) {
      List<String> command = new ArrayList<>(List.of("setsid"));
      command.addAll(account.command(binaries.program("postgres"), "-D", cluster));
      return Processes.prepare(command, binaries.home())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(data.log().toFile()))
          .start()
          .toHandle();
    }
    List<String> command =
        account.command(
            binaries.program("pg_ctl"), "start", "-w", "-D", cluster, "-l", data.log().toString());
    int exitCode = Processes.run(command, binaries.home()).exitCode();
    return data.postmaster()
        .filter(p -> exitCode == 0)
        .map(DataDirectory.Postmaster::process)
        .orElseThrow(
            () ->
                new PostgresException(
                    "PostgreSQL did not start in %s: %s; see %s"
                        .formatted(data.root(), data.failureSince(logOffset), data.log())));
  }
}
