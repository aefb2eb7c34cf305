package dev.watchhub.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.routes.Rows;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.protocol.Item;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A data plane whose routes come from a test. */
public final class TestPlane implements AutoCloseable {
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();
  private final ScriptedWatchers watchers = new ScriptedWatchers();
  private final HttpClient client = HttpClient.newHttpClient();
  private final DataPlane plane;
  private long revision;

  private TestPlane(UnaryOperator<DataPlaneOptions> how) {
    DataPlaneOptions options =
        DataPlaneOptions.of(
            ListenAddress.loopback(0), ListenAddress.loopback(0), WatchMode.REPLICATION);
    plane = DataPlane.start(how.apply(options), watchers, (component, cause) -> faults.add(cause));
  }

  /** A data plane that was told nothing yet, and runs as {@code how} says. */
  public static TestPlane unsynced(UnaryOperator<DataPlaneOptions> how) {
    return new TestPlane(how);
  }

  /** A data plane that was told nothing yet. */
  public static TestPlane unsynced() {
    return new TestPlane(UnaryOperator.identity());
  }

  /** A data plane that knows that there are no routes. */
  public static TestPlane synced() {
    return synced(DataPlaneOptions.DEFAULT_UPSTREAM_TIMEOUT);
  }

  /** The same with another limit for an upstream's answer. */
  public static TestPlane synced(Duration upstreamTimeout) {
    TestPlane plane = new TestPlane(options -> options.withUpstreamTimeout(upstreamTimeout));
    plane.watchers.listener().onSnapshot(List.of());
    return plane;
  }

  /** What plays the watcher. */
  public ScriptedWatchers watchers() {
    return watchers;
  }

  /** The data plane. */
  public DataPlane plane() {
    return plane;
  }

  /** Commits a route. */
  public void route(String id, String uri, String upstream) {
    commit(Rows.route(id, ++revision, uri, upstream));
  }

  /** Commits a route to a port of this machine. */
  public void route(String id, String uri, int port) {
    route(id, uri, "http://127.0.0.1:" + port);
  }

  /** Commits the deletion of a route. */
  public void delete(String id) {
    commit(Rows.tombstone(id, ++revision));
  }

  /** Commits rows. */
  public void commit(Item... rows) {
    watchers.listener().onCommit(Rows.commit(rows));
  }

  /** The address of {@code pathQuery} at the proxied port. */
  public URI at(String pathQuery) {
    return URI.create("http://127.0.0.1:" + plane.port() + pathQuery);
  }

  /** The answer of the proxied port. */
  public HttpResponse<String> get(String pathQuery) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(at(pathQuery)));
  }

  /** The answer of the admin port. */
  public HttpResponse<String> admin(String pathQuery) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + plane.adminPort() + pathQuery);
    return send(HttpRequest.newBuilder(uri));
  }

  /** The answer to a request. */
  public HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(
        request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Fails if a thread of the data plane has failed. */
  @Override
  public void close() {
    plane.close();
    assertThat(faults).as("faults of the data plane's threads").isEmpty();
  }
}
