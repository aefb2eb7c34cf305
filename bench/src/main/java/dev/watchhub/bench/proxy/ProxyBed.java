package dev.watchhub.bench.proxy;

import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.servers.DataPlaneProcess;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.servers.HubProcess;
import dev.watchhub.bench.servers.NginxServer;
import dev.watchhub.lifecycle.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The servers of all arms, which run throughout: an upstream, an nginx and a data plane in front of
 * it, and the database and the hub that the data plane follows.
 */
final class ProxyBed implements AutoCloseable {
  /** How long the body of each answer is. */
  static final int ANSWER_BYTES = 1024;

  private final Resources owned;
  private final Database database;
  private final Routes routes;
  private final NginxServer nginx;
  private final DataPlaneProcess dataPlane;
  private final AtomicLong changeNumbers = new AtomicLong();
  private final Set<String> notes = new TreeSet<>();

  private ProxyBed(RunSettings run, Path nginxProgram, Resources owned) {
    this.owned = owned;
    NginxServer upstream =
        owned.own(
            NginxServer.start(
                run, nginxProgram, "upstream", "worker_processes 1;", ProxyBed::upstream));
    nginx =
        owned.own(
            NginxServer.start(
                run,
                nginxProgram,
                "nginx",
                "worker_processes auto;",
                port -> proxy(port, upstream.port())));
    database = owned.own(Database.start(run, "proxy", Map.of()));
    database.notifyMode("off");
    routes = new Routes("http://127.0.0.1:" + upstream.port());
    routes.writeTo(database);
    HubProcess hub = owned.own(HubProcess.start(run, database.jdbcUrl(), List.of(), List.of()));
    dataPlane = owned.own(DataPlaneProcess.start(run, hub.url(), List.of()));
  }

  /** Starts all of them. */
  static ProxyBed start(RunSettings run, Path nginxProgram) {
    return Resources.buildOrClose(owned -> new ProxyBed(run, nginxProgram, owned));
  }

  /** Answers whatever it is asked for, out of its configuration. */
  private static String upstream(int port) {
    return """
        server {
          listen 127.0.0.1:%d backlog=4096;
          default_type text/plain;
          return 200 "%s";
        }
        """
        .formatted(port, "watchhub".repeat(ANSWER_BYTES / 8));
  }

  /** Forwards everything with the fields that a data plane adds, over connections that are kept. */
  private static String proxy(int port, int upstream) {
    return """
        upstream bench {
          server 127.0.0.1:%d;
          keepalive 256;
          keepalive_requests 1000000000;
          keepalive_time 24h;
        }
        server {
          listen 127.0.0.1:%d backlog=4096;
          location / {
            proxy_pass http://bench;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header Via "1.1 nginx";
            proxy_set_header Forwarded "for=$remote_addr;host=$http_host;proto=$scheme";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Port $server_port;
          }
        }
        """
        .formatted(upstream, port);
  }

  /**
   * Requests the data plane, while its routes change, for so long that its compilers are through
   * the most of both.
   */
  void letCompile(RequestsCase requests, double changesPerSecond, Duration length) {
    try (Changes changes = changes(Changed.ROUTES, changesPerSecond);
        ClosedLoop client =
            new ClosedLoop(dataPlane.port(), Routes.PATH, ANSWER_BYTES, requests.connections())) {
      Future<LoadResult> writing = changes.begin(length);
      client.run(length);
      Changes.await(writing);
    }
  }

  NginxServer nginx() {
    return nginx;
  }

  DataPlaneProcess dataPlane() {
    return dataPlane;
  }

  Database database() {
    return database;
  }

  Routes routes() {
    return routes;
  }

  /**
   * Connects those who write meanwhile.
   *
   * @param changed not {@link Changed#NOTHING}
   */
  Changes changes(Changed changed, double perSecond) {
    return Changes.start(database, routes, changed, perSecond, changeNumbers);
  }

  /** Keeps in mind why something failed, once. */
  void note(String text) {
    notes.add(text);
  }

  /** What was noted, in order. */
  Set<String> notes() {
    return notes;
  }

  @Override
  public void close() {
    owned.close();
  }
}
