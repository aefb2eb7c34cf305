package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.servers.Ending;
import dev.watchhub.bench.subscribers.Command.What;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers in a process of their own, so that they share no heap and no pauses with who
 * publishes. One thread.
 */
public final class SubscriberProcess implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration OPEN_LIMIT = Duration.ofMinutes(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final int CLOCK_READINGS = 20;

  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  private SubscriberProcess(Process process) {
    this.process = process;
    this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
    this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /**
   * Starts the process, on the classes and the Java of this one.
   *
   * @throws BenchException if its clock is not the one of this process
   */
  public static SubscriberProcess start(int threads) {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SubscribersMain.class.getName(),
                Integer.toString(threads)));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    SubscriberProcess started;
    try {
      started = new SubscriberProcess(builder.start());
    } catch (IOException e) {
      throw new BenchException(
          "the process of subscribers cannot be started: " + e.getMessage(), e);
    }
    try {
      started.checkClock();
      return started;
    } catch (RuntimeException | Error e) {
      started.close();
      throw e;
    }
  }

  private void checkClock() {
    for (int i = 0; i < CLOCK_READINGS; i++) {
      long before = System.nanoTime();
      long there = ask(What.CLOCK, null, Long.class);
      long after = System.nanoTime();
      if (there - before < 0 || after - there < 0) {
        throw new BenchException(
            "System.nanoTime of two processes differs by up to %d ns: delays between processes cannot be measured on this machine"
                .formatted(Math.max(before - there, there - after)));
      }
    }
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /**
   * Opens subscribers beside those that are there and returns when all streams have begun.
   *
   * @throws BenchException if one was refused, or it takes longer than two minutes
   */
  public void open(Opening opening) {
    long start = System.nanoTime();
    Progress progress = ask(What.OPEN, opening, Progress.class);
    while (progress.pending() > 0 && System.nanoTime() - start < OPEN_LIMIT.toNanos()) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
      progress = ask(What.PROGRESS, null, Progress.class);
    }
    if (progress.failed() > 0 || progress.pending() > 0) {
      throw new BenchException(
          "%d of %d subscribers of %s on port %d have a stream, %d failed%s"
              .formatted(
                  progress.open(),
                  progress.open() + progress.pending() + progress.failed(),
                  opening.path(),
                  opening.port(),
                  progress.failed(),
                  progress.firstFailure() == null
                      ? ""
                      : ", the first: " + progress.firstFailure()));
    }
  }

  /** What the prompt ones have seen since {@link #forget}. */
  public Seen seen() {
    return ask(What.SEEN, null, Seen.class);
  }

  /** Counts from nothing. */
  public void forget() {
    ask(What.FORGET, null, Progress.class);
  }

  /** Closes all connections. */
  public void closeAll() {
    ask(What.CLOSE_ALL, null, Progress.class);
  }

  private <T> T ask(What what, @Nullable Opening opening, Class<T> type) {
    try {
      commands.write(MAPPER.writeValueAsString(new Command(what, opening)));
      commands.newLine();
      commands.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new BenchException("the process of subscribers has ended");
      }
      return MAPPER.readValue(answer, type);
    } catch (JsonProcessingException e) {
      throw new BenchException("an answer to " + what + " that is not one", e);
    } catch (IOException e) {
      throw new BenchException("the process of subscribers cannot be asked: " + e.getMessage(), e);
    }
  }

  /** Ends the process. Idempotent. */
  @Override
  public void close() {
    try (commands;
        answers) {
      Ending.end(process);
    } catch (IOException alreadyEnded) {
      process.destroyForcibly();
    }
  }
}
