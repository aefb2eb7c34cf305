package dev.watchhub.cli;

import dev.watchhub.verify.Promise;
import dev.watchhub.verify.Report;
import dev.watchhub.verify.load.Load;
import dev.watchhub.verify.load.Verdict;
import dev.watchhub.verify.load.Verification;
import dev.watchhub.verify.load.VerifyException;
import dev.watchhub.verify.load.VerifyOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./watchhub verify}: checks what a running hub promises. */
@Command(
    name = "verify",
    description = {
      "Checks what a running hub promises, under load: writers write, watchers write down what they"
          + " see, and that is compared with what the database says was committed, read from a"
          + " replication slot of its own.",
      "Ends with 0 when every promise was kept, 1 when one was broken, 2 when it could not check.",
      "It writes keys under /verify/RUN/ and takes them away at its end, with their history, its"
          + " temporary slot and its publication, on Ctrl-C too. What remains: gaps in the revisions,"
          + " and clients that ask changes_since are told to read everything again once, as after any"
          + " compaction. When it is killed, the keys and the publication watchhub_verify_RUN remain,"
          + " the slot does not.",
      "The role has to own the table and to have REPLICATION; one replication slot has to be free."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private static final int EXIT_BROKEN = 1;
  private static final int EXIT_CANNOT_CHECK = 2;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final long BASE_BYTES = 96L << 20;
  private static final long BYTES_A_SECOND = 3L << 20; // of histories, at a few thousand commits

  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--hub",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_HUB:-http://127.0.0.1:9280}",
      description = "the hub (default: ${DEFAULT-VALUE})")
  private URI hub = URI.create("http://127.0.0.1:9280");

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      defaultValue = "60s",
      converter = Lasting.class,
      description = "how long, such as 90s, 10m, 1h (default: ${DEFAULT-VALUE})")
  private Duration length = Duration.ofSeconds(60);

  @Option(
      names = "--writers",
      paramLabel = "N",
      defaultValue = "8",
      description = "how many write at a time (default: ${DEFAULT-VALUE})")
  private int writers;

  @Option(
      names = "--watchers",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "how many watch at a time: half of them throughout, half for half a second each"
              + " (default: ${DEFAULT-VALUE})")
  private int watchers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "draws the same load and watches again (default: another one each time)")
  private @Nullable Long seed;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public Integer call() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "stop"));
    try {
      return verify();
    } catch (UsageException | VerifyException e) {
      System.err.println("watchhub: " + e.getMessage());
      return EXIT_CANNOT_CHECK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return EXIT_CANNOT_CHECK;
    } finally {
      ended.countDown();
    }
  }

  /** What a signal does: the process ends when this returns. */
  private void stopAndWait() {
    stopped.countDown();
    try {
      if (!ended.await(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("watchhub: not everything was taken away within " + CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int verify() throws InterruptedException {
    VerifyOptions options = options();
    warn(options);
    try (Verification verification = Verification.start(options)) {
      System.out.printf(
          "seed %d: %d writers and %d watchers for %s, under %s%n",
          options.seed(), writers, watchers, Lasting.words(length), verification.prefix());
      long until = System.nanoTime() + length.toNanos();
      while (System.nanoTime() < until && !verification.hasFailed()) {
        if (stopped.await(50, TimeUnit.MILLISECONDS)) {
          return EXIT_CANNOT_CHECK; // the process ends with the signal's own code
        }
      }
      return print(verification.stop());
    }
  }

  private VerifyOptions options() {
    if (hub.getHost() == null || !String.valueOf(hub.getScheme()).matches("(?i)https?")) {
      throw new UsageException("--hub '" + hub + "': expected http://HOST:PORT");
    }
    if (writers < 1 || watchers < 1 || writers > 1_000 || watchers > 1_000) {
      throw new UsageException(
          "--writers %d --watchers %d: expected 1 to 1000 of each".formatted(writers, watchers));
    }
    long drawn = seed == null ? ThreadLocalRandom.current().nextLong(1_000_000_000) : seed;
    return VerifyOptions.of(hub, database.checkedUrl())
        .withSchema(database.schema)
        .withLoad(writers, watchers)
        .withSeed(drawn);
  }

  private void warn(VerifyOptions options) {
    long wanted = BASE_BYTES + BYTES_A_SECOND * length.toSeconds();
    long given = Runtime.getRuntime().maxMemory();
    if (given < wanted) {
      System.err.printf(
          "watchhub: %s may need %d MB of heap, and there are %d: set WATCHHUB_JAVA_OPTS=-Xmx%dm%n",
          Lasting.words(length), wanted >> 20, given >> 20, wanted >> 20);
    }
    if (options.watchers() < 4 || options.writers() < 2) {
      System.err.println(
          "watchhub: fewer than 2 writers or 4 watchers put little to the test: what is missed may"
              + " be seen by nobody");
    }
  }

  private static int print(Verdict verdict) {
    Load load = verdict.load();
    Report report = verdict.report();
    System.out.printf(
        "%,d commits, %,d rollbacks, %,d deadlocks, %,d rows compacted; %,d watches, %,d events,"
            + " %,d changes, %,d resets%n",
        load.commits(),
        load.rollbacks(),
        load.deadlocks(),
        load.compactedRows(),
        verdict.histories().size(),
        report.events(),
        report.changes(),
        report.resets());
    for (Promise promise : Promise.values()) {
      long broken = report.violations().stream().filter(v -> v.promise() == promise).count();
      System.out.printf(
          "  %-20s checked %,12d times  %s%n",
          promise.words(),
          report.checked(promise),
          broken == 0 ? "kept" : "BROKEN " + broken + (broken == 1 ? " time" : " times"));
    }
    verdict.notes().forEach(note -> System.out.println("note: " + note));
    if (report.violations().isEmpty()) {
      System.out.println("every promise was kept");
      return 0;
    }
    System.out.println(report.violations().get(0));
    return EXIT_BROKEN;
  }
}
