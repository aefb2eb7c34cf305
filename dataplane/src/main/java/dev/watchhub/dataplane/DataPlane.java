package dev.watchhub.dataplane;

import dev.watchhub.client.AppliedReport;
import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.dataplane.admin.AdminApi;
import dev.watchhub.dataplane.admin.Self;
import dev.watchhub.dataplane.kept.RouteFile;
import dev.watchhub.dataplane.kept.RouteKeeper;
import dev.watchhub.dataplane.metrics.PlaneMetrics;
import dev.watchhub.dataplane.proxy.AccessLog;
import dev.watchhub.dataplane.proxy.Forwarder;
import dev.watchhub.dataplane.proxy.NodeHealth;
import dev.watchhub.dataplane.proxy.ProxyCounts;
import dev.watchhub.dataplane.proxy.RoutingHandler;
import dev.watchhub.dataplane.routes.RefusedValue;
import dev.watchhub.dataplane.routes.RouteFollower;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.dataplane.routes.UpstreamRef;
import dev.watchhub.http.CoreServer;
import dev.watchhub.http.HttpServer;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.lifecycle.Worker;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;

/**
 * A running data plane: a reverse proxy, an admin port, and the watcher that keeps its routes.
 *
 * <p>It serves from the first moment and goes on while the watcher is cut off; before its first
 * snapshot, unless it has kept its routes in a file, a request that no route fits is answered with
 * 503.
 *
 * <p>Threading: requests on the servers' threads, routes on the watcher's; the image of routes is
 * all that they share. A change of the watch mode waits on a thread of the admin server.
 */
public final class DataPlane implements AutoCloseable {
  /** What the keys that it follows start with. */
  public static final List<String> KEY_PREFIXES = List.of("/routes/", UpstreamRef.KEY_PREFIX);

  private static final InstantSource CLOCK = InstantSource.system();

  private final Resources owned;
  private final Self self;
  private final RouteFollower follower;
  private final CoreServer proxy;
  private final HttpServer admin;

  private DataPlane(
      DataPlaneOptions options, WatcherFactory watchers, Faults faults, Resources owned) {
    this.owned = owned;
    self = new Self(options.node(), options.version(), CLOCK.instant());
    PlaneMetrics metrics = new PlaneMetrics();
    AppliedNews news = new AppliedNews(metrics);
    Path file = options.routeFile();
    List<String> sources = watchers.sources();
    RouteImage first =
        file == null ? RouteImage.EMPTY : RouteKeeper.restore(new RouteFile(file, sources));
    follower = new RouteFollower(first, CLOCK, news);
    owned.own(Worker.start("route-log", follower.appliedLog(), faults));
    if (file != null) {
      owned.own(RouteKeeper.start(new RouteFile(file, sources), follower::image, faults));
    }
    ProxyCounts counts = new ProxyCounts();
    NodeHealth health = new NodeHealth(System::nanoTime);
    SwitchableWatcher watcher = owned.own(watchers.start(options.watchMode(), follower));
    metrics.watch(follower, watcher, health, counts, CLOCK);
    watchers
        .report(() -> watcher.mode().mode(), this::report)
        .ifPresent(reporter -> news.tell(owned.own(reporter)));
    admin =
        owned.own(
            HttpServer.start(
                "data plane's admin server",
                options.adminListen(),
                "--dataplane-admin-port",
                new AdminApi(self, watcher, follower, counts, health, metrics)::addTo));
    Forwarder forwarder = new Forwarder(options.upstreamTimeout(), counts, health);
    proxy =
        owned.own(
            CoreServer.start(
                "data plane",
                options.listen(),
                "--dataplane-port",
                new RoutingHandler(follower::image, counts, metrics.requests(), forwarder),
                RoutingHandler::configure,
                AccessLog.to(options.accessLog())));
  }

  /**
   * Starts a data plane; it accepts connections when this returns, and {@link #isReady} tells when
   * it knows its routes.
   *
   * @throws dev.watchhub.http.HttpStartException if it cannot listen
   */
  public static DataPlane start(DataPlaneOptions options, WatcherFactory watchers, Faults faults) {
    return Resources.buildOrClose(owned -> new DataPlane(options, watchers, faults, owned));
  }

  private AppliedReport report() {
    RouteImage image = follower.image();
    List<AppliedReport.Refused> refused =
        image.refused().stream()
            .sorted(Comparator.comparing(RefusedValue::key))
            .limit(AppliedReport.MAX_REFUSED)
            .map(one -> new AppliedReport.Refused(one.key(), one.revision(), one.reason()))
            .toList();
    return new AppliedReport(
        self.node(),
        self.version(),
        self.startedAt(),
        image.reached(),
        refused,
        image.refused().size());
  }

  /** The port that it proxies at. */
  public int port() {
    return proxy.port();
  }

  /** The port that it tells about itself at. */
  public int adminPort() {
    return admin.port();
  }

  /** Whether it has known its routes at least once; it stays so when it is cut off. */
  public boolean isReady() {
    return follower.image().isKnown();
  }

  /** Closes the ports and every connection, then the watcher. Idempotent. */
  @Override
  public void close() {
    owned.close();
  }
}
