package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * An nginx of the benchmark's own, on 127.0.0.1, with a directory of its own, which is deleted at
 * the end. It logs no requests, sends small writes at once, and keeps connections for good.
 */
public final class NginxServer implements AutoCloseable {
  /** What is missing when {@link #program} finds nothing. */
  public static final String MISSING = "no nginx is installed (Debian: nginx)";

  private static final List<String> PLACES = List.of("/usr/sbin", "/usr/local/sbin");
  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private final Process process;
  private final int port;
  private final Path directory;
  private final AtExit atExit;

  private NginxServer(Process process, int port, Path directory) {
    this.process = process;
    this.port = port;
    this.directory = directory;
    this.atExit = AtExit.call(process::destroy);
  }

  /** The program on the PATH, or in the usual places. */
  public static Optional<Path> program() {
    Stream<String> onPath =
        Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator));
    return Stream.concat(onPath, PLACES.stream())
        .map(place -> Path.of(place, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String configuration(String main, String http) {
    return """
        %s
        daemon off;
        pid nginx.pid;
        worker_rlimit_nofile 20000;
        events {
          worker_connections 16384;
        }
        http {
          access_log off;
          tcp_nodelay on;
          keepalive_requests 1000000000;
          keepalive_time 24h;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          %s
        }
        """
        .formatted(main, http);
  }

  /**
   * Starts one.
   *
   * @param name of its directory
   * @param main directives outside of {@code http}
   * @param http directives within it, for the port that a server shall listen on
   * @throws BenchException with what it logged when it does not listen
   */
  public static NginxServer start(
      RunSettings run, Path program, String name, String main, IntFunction<String> http) {
    int port = HubProcess.freePort();
    Path directory = run.dataDirectory().resolve(name);
    Process process;
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve("nginx.conf");
      Files.writeString(file, configuration(main, http.apply(port)));
      process =
          new ProcessBuilder(
                  List.of(
                      program.toString(),
                      "-p",
                      directory.toString(),
                      "-e",
                      "error.log",
                      "-c",
                      file.toString()))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("nginx.out").toFile())
              .start();
    } catch (IOException e) {
      throw new BenchException("cannot start nginx: " + e.getMessage(), e);
    }
    NginxServer server = new NginxServer(process, port, directory);
    try {
      server.awaitListening();
      return server;
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  private void awaitListening() {
    long start = System.nanoTime();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() - start > START_LIMIT.toNanos()) {
          throw new BenchException(
              "nginx does not listen on port %d: %s".formatted(port, log()), notYet);
        }
      }
      pause();
    }
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("nginx.out"))
          + Files.readString(directory.resolve("error.log"));
    } catch (IOException e) {
      return "it logged nothing";
    }
  }

  private void pause() {
    try {
      process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while nginx was starting", e);
    }
  }

  /** On 127.0.0.1. */
  public int port() {
    return port;
  }

  /** nginx's master; the workers are its children. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Ends nginx and deletes its directory. */
  @Override
  public void close() {
    Ending.end(process);
    atExit.forget();
    DataFiles.delete(directory);
  }
}
