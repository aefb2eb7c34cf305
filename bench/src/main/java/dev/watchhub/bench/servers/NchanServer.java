package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An nginx of its own with nchan: channels in shared memory, subscribers by EventSource.
 *
 * <p>Publishers {@code POST /pub/CHANNEL}, subscribers {@code GET /sub/CHANNEL}.
 */
public final class NchanServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private final Process process;
  private final int port;
  private final Path directory;
  private final AtExit atExit;

  private NchanServer(Process process, int port, Path directory) {
    this.process = process;
    this.port = port;
    this.directory = directory;
    this.atExit = AtExit.call(process::destroy);
  }

  /**
   * What nginx is told. Workers for every core; no access log; a message stays in memory until
   * 1,000 have come after it, so that a subscriber may lag; small writes leave at once.
   */
  private static String configuration(Path module, int port) {
    return """
        load_module %s;
        daemon off;
        pid nginx.pid;
        worker_processes auto;
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
          nchan_shared_memory_size 256M;
          server {
            listen 127.0.0.1:%d backlog=4096;
            location ~ ^/pub/(.+)$ {
              nchan_publisher;
              nchan_channel_id $1;
              nchan_message_buffer_length 1000;
              nchan_message_timeout 1m;
            }
            location ~ ^/sub/(.+)$ {
              nchan_subscriber eventsource;
              nchan_channel_id $1;
              nchan_subscriber_first_message newest;
            }
          }
        }
        """
        .formatted(module, port);
  }

  /**
   * Starts it in a directory of its own.
   *
   * @throws BenchException with what it logged when it does not listen
   */
  public static NchanServer start(RunSettings run, NchanInstallation installation) {
    int port = HubProcess.freePort();
    Path directory = run.dataDirectory().resolve("nchan");
    Process process;
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve("nginx.conf"), configuration(installation.module(), port));
      process =
          new ProcessBuilder(
                  List.of(
                      installation.nginx().toString(),
                      "-p",
                      directory.toString(),
                      "-e",
                      "error.log",
                      "-c",
                      directory.resolve("nginx.conf").toString()))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("nginx.out").toFile())
              .start();
    } catch (IOException e) {
      throw new BenchException("cannot start nginx: " + e.getMessage(), e);
    }
    NchanServer server = new NchanServer(process, port, directory);
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
