package dev.watchhub.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A hub as seen through someone who keeps one commit to himself. */
final class LyingProxy implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final int hubPort;
  private final int dropped;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger commits = new AtomicInteger();

  /**
   * @param dropped which commit, from 1, of all that pass
   */
  LyingProxy(int hubPort, int dropped) throws IOException {
    this.hubPort = hubPort;
    this.dropped = dropped;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::pass);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  int commits() {
    return commits.get();
  }

  private void pass(HttpExchange exchange) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + hubPort + exchange.getRequestURI()));
    String id = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    if (id != null) {
      request.header("Last-Event-ID", id);
    }
    try (exchange;
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    CLIENT.send(request.build(), BodyHandlers.ofInputStream()).body(), UTF_8))) {
      exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      StringBuilder event = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        event.append(line).append('\n');
        if (line.isEmpty()) {
          boolean commit = event.indexOf("event: commit") == 0;
          if (!commit || commits.incrementAndGet() != dropped) {
            out.write(event.toString().getBytes(UTF_8));
            out.flush();
          }
          event.setLength(0);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
