package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A hub as its own process, run as a user runs it.
 *
 * <p>Threading: any; closed once.
 */
public final class HubProcess implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofMinutes(5);
  private static final Duration LOOK_EVERY = Duration.ofMillis(2);

  private final Process process;
  private final int port;
  private final Duration startTime;
  private final AtExit atExit;
  private final List<Path> files;

  private HubProcess(Process process, int port, Duration startTime, List<Path> files) {
    this.process = process;
    this.files = List.copyOf(files);
    this.atExit = AtExit.call(process::destroy);
    this.port = port;
    this.startTime = startTime;
  }

  /**
   * Starts a hub and returns when it says that it is ready. What it logs goes to a file in the data
   * directory, which is deleted when it is closed.
   *
   * @param jvmOptions before {@code -jar}
   * @param hubOptions after {@code hub}, such as {@code --log-bytes}
   */
  public static HubProcess start(
      RunSettings run, String jdbcUrl, List<String> jvmOptions, List<String> hubOptions) {
    int port = freePort();
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(jvmOptions);
    command.addAll(List.of("-jar", run.productJar().toString(), "hub", "--jdbc-url", jdbcUrl));
    command.addAll(List.of("--hub-port", Integer.toString(port)));
    command.addAll(hubOptions);
    Path out = run.dataDirectory().resolve("hub-" + port + ".out");
    Path log = run.dataDirectory().resolve("hub-" + port + ".log");
    long start = System.nanoTime();
    Process process;
    try {
      Files.createDirectories(run.dataDirectory());
      process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(log.toFile())
              .start();
    } catch (IOException e) {
      throw new BenchException("cannot start a hub: " + e.getMessage(), e);
    }
    try {
      awaitReady(process, out, log);
      Duration startTime = Duration.ofNanos(System.nanoTime() - start);
      return new HubProcess(process, port, startTime, List.of(out, log));
    } catch (IOException | InterruptedException | RuntimeException e) {
      Ending.end(process);
      throw e instanceof BenchException b ? b : new BenchException("waiting for a hub: " + e, e);
    }
  }

  private static void awaitReady(Process process, Path out, Path log)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!Files.readString(out).endsWith("ready\n")) {
      if (process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BenchException("the hub ended at its start; see " + log);
      }
      if (System.nanoTime() - start > READY_LIMIT.toNanos()) {
        throw new BenchException(
            "the hub was not ready within %s; see %s".formatted(READY_LIMIT, log));
      }
    }
  }

  /** A port of 127.0.0.1 that nobody listens on at this moment. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BenchException("no free port on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  /** Without a path, such as {@code http://127.0.0.1:9280}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public int port() {
    return port;
  }

  /** For its CPU time and memory; it is a child of this process. */
  public long pid() {
    return process.pid();
  }

  /** From the start of the process to its being ready. */
  public Duration startTime() {
    return startTime;
  }

  @Override
  public void close() {
    Ending.end(process);
    atExit.forget();
    files.forEach(DataFiles::delete);
  }
}
