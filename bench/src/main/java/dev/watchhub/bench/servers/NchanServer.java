package dev.watchhub.bench.servers;

import dev.watchhub.bench.harness.RunSettings;

/**
 * An nginx of its own with nchan: channels in shared memory, subscribers by EventSource.
 *
 * <p>Publishers {@code POST /pub/CHANNEL}, subscribers {@code GET /sub/CHANNEL}.
 */
public final class NchanServer implements AutoCloseable {
  private final NginxServer nginx;

  private NchanServer(NginxServer nginx) {
    this.nginx = nginx;
  }

  /** A message stays in memory until 1,000 have come after it, so that a subscriber may lag. */
  private static String http(int port) {
    return """
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
        """
        .formatted(port);
  }

  /**
   * Starts it in a directory of its own, with workers for every core.
   *
   * @throws dev.watchhub.bench.harness.BenchException with what it logged when it does not listen
   */
  public static NchanServer start(RunSettings run, NchanInstallation installation) {
    String main = "load_module %s;\nworker_processes auto;".formatted(installation.module());
    return new NchanServer(
        NginxServer.start(run, installation.nginx(), "nchan", main, NchanServer::http));
  }

  /** On 127.0.0.1. */
  public int port() {
    return nginx.port();
  }

  /** nginx's master; the workers are its children. */
  public ProcessHandle process() {
    return nginx.process();
  }

  /** Ends nginx and deletes its directory. */
  @Override
  public void close() {
    nginx.close();
  }
}
