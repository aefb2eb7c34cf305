package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** An nginx of its own with nchan: channels in shared memory, subscribers by EventSource. */
final class NchanService implements Service {
  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  private final Process process;
  private final int port;

  private NchanService(Process process, int port) {
    this.process = process;
    this.port = port;
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

  /** Starts it in a directory of its own. */
  static NchanService start(RunSettings run, NchanInstallation installation) {
    int port = freePort();
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
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "stop-nginx"));
    NchanService service = new NchanService(process, port);
    try {
      service.awaitListening(directory);
      return service;
    } catch (RuntimeException | Error e) {
      service.close();
      throw e;
    }
  }

  private void awaitListening(Path directory) {
    long start = System.nanoTime();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() - start > START_LIMIT.toNanos()) {
          throw new BenchException(
              "nginx does not listen on port %d; see %s".formatted(port, directory), notYet);
        }
      }
      pause();
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

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new BenchException("no free port on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String path(Layout layout) {
    return layout == Layout.SHARED ? "/sub/shared" : "/sub/own{i}";
  }

  @Override
  public Publisher publisher() {
    return NchanPublisher.connect(port);
  }

  @Override
  public ProcessHandle process() {
    return process.toHandle();
  }

  @Override
  public Optional<ProcessHandle> database() {
    return Optional.empty();
  }

  @Override
  public OptionalLong heapBytes() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
