package dev.watchhub.controlplane;

import dev.watchhub.http.HttpServer;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.protocol.Position;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A hub that says of its subscribers what a test lets it. Any thread. */
final class ScriptedHub implements AutoCloseable {
  private final HttpServer server;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile List<String> subscribers = List.of();
  private volatile long collectingMillis = 60_000;

  ScriptedHub() {
    server =
        HttpServer.start(
            "scripted hub",
            ListenAddress.loopback(0),
            "--none",
            config ->
                config.routes.get(
                    "/subscribers",
                    context -> {
                      context.result(
                          "{\"collectingMillis\":%d,\"subscribers\":[%s]}"
                              .formatted(collectingMillis, String.join(",", subscribers)));
                      asked.incrementAndGet();
                    }));
  }

  int port() {
    return server.port();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port() + "/");
  }

  void says(String... nodes) {
    subscribers = List.of(nodes);
  }

  void collectsFor(long millis) {
    collectingMillis = millis;
  }

  /** How often it was asked. */
  int asked() {
    return asked.get();
  }

  /** A node that has applied everything up to a position. */
  static String node(String name, Position upTo, boolean gone) {
    return node(name, upTo, gone, "[]");
  }

  /**
   * A node that refuses values.
   *
   * @param refused JSON: an array of {@code key}, {@code revision} and {@code reason}
   */
  static String node(String name, Position upTo, boolean gone, String refused) {
    return """
        {"id":1,"node":"%s","gone":%s,"address":"x","applied":{"position":"%s","upTo":"%s",
         "silentMillis":1204,"version":"1","startedAt":"2026-01-31T11:00:00Z",
         "refusedCount":%d,"refused":%s}}
        """
        .formatted(name, gone, upTo, upTo, refused.split("\"key\"", -1).length - 1, refused);
  }

  @Override
  public void close() {
    server.close();
  }
}
