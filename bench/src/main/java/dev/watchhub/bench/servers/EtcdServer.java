package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An etcd of one member on 127.0.0.1 with its defaults, which flush every write; new at each start.
 */
public final class EtcdServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final long QUOTA_BYTES = 8L << 30; // its default stops writes at 2 GB

  private final Process process;
  private final int port;
  private final Path directory;
  private final AtExit atExit;

  private EtcdServer(Process process, int port, Path directory) {
    this.process = process;
    this.directory = directory;
    this.atExit = AtExit.call(process::destroy);
    this.port = port;
  }

  /** The program, if it is on the PATH. */
  public static Optional<Path> program() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, "etcd"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What {@code etcd --version} says first. */
  public static String version(Path program) {
    try {
      Process process = new ProcessBuilder(program.toString(), "--version").start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("unknown");
    } catch (IOException e) {
      throw new BenchException("cannot run " + program + ": " + e.getMessage(), e);
    }
  }

  /** Starts it and returns when it listens. */
  public static EtcdServer start(RunSettings run, Path program) {
    int port = HubProcess.freePort();
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + HubProcess.freePort();
    Path directory = run.dataDirectory().resolve("etcd");
    try {
      DataFiles.delete(directory);
      Files.createDirectories(directory);
      Process process =
          new ProcessBuilder(
                  List.of(
                      program.toString(),
                      "--data-dir=" + directory.resolve("data"),
                      "--listen-client-urls=" + client,
                      "--advertise-client-urls=" + client,
                      "--listen-peer-urls=" + peer,
                      "--initial-advertise-peer-urls=" + peer,
                      "--initial-cluster=default=" + peer,
                      "--quota-backend-bytes=" + QUOTA_BYTES))
              .redirectErrorStream(true)
              .redirectOutput(run.dataDirectory().resolve("etcd.log").toFile())
              .start();
      EtcdServer server = new EtcdServer(process, port, directory);
      server.awaitListening(run.dataDirectory().resolve("etcd.log"));
      return server;
    } catch (IOException e) {
      throw new BenchException("cannot start etcd: " + e.getMessage(), e);
    }
  }

  private void awaitListening(Path log) {
    long start = System.nanoTime();
    while (!listens()) {
      boolean ended = ended(LOOK_EVERY);
      if (ended || System.nanoTime() - start > START_LIMIT.toNanos()) {
        close();
        throw new BenchException("etcd did not start; see " + log);
      }
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private boolean ended(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while etcd started", e);
    }
  }

  /** For clients. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    Ending.end(process);
    atExit.forget();
    DataFiles.delete(directory);
  }
}
