package dev.watchhub.dataplane;

import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.dataplane.admin.AdminApi;
import dev.watchhub.dataplane.proxy.Forwarder;
import dev.watchhub.dataplane.proxy.NodeHealth;
import dev.watchhub.dataplane.proxy.ProxyCounts;
import dev.watchhub.dataplane.proxy.RoutingHandler;
import dev.watchhub.dataplane.routes.RouteFollower;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.http.CoreServer;
import dev.watchhub.http.HttpServer;
import dev.watchhub.lifecycle.Resources;
import java.time.InstantSource;

/**
 * A running data plane: a reverse proxy, an admin port, and the watcher that keeps its routes.
 *
 * <p>It serves from the first moment and goes on while the watcher is cut off; before its first
 * snapshot a request that no route fits is answered with 503.
 *
 * <p>Threading: requests on the servers' threads, routes on the watcher's; the image of routes is
 * all that they share. A change of the watch mode waits on a thread of the admin server.
 */
public final class DataPlane implements AutoCloseable {
  /** What the keys of routes start with. */
  public static final String KEY_PREFIX = "/routes/";

  private final Resources owned;
  private final RouteFollower follower;
  private final CoreServer proxy;
  private final HttpServer admin;

  private DataPlane(DataPlaneOptions options, WatcherFactory watchers, Resources owned) {
    this.owned = owned;
    follower =
        new RouteFollower(
            RouteImage.EMPTY, InstantSource.system(), new RouteFollower.Observer() {});
    NodeHealth health = new NodeHealth(System::nanoTime);
    ProxyCounts counts = new ProxyCounts();
    SwitchableWatcher watcher = owned.own(watchers.start(options.watchMode(), follower));
    admin =
        owned.own(
            HttpServer.start(
                "data plane's admin server",
                options.adminListen(),
                "--dataplane-admin-port",
                new AdminApi(watcher, follower, counts, health)::addTo));
    proxy =
        owned.own(
            CoreServer.start(
                "data plane",
                options.listen(),
                "--dataplane-port",
                new RoutingHandler(
                    follower::image,
                    counts,
                    new Forwarder(options.upstreamTimeout(), counts, health)),
                RoutingHandler::configure));
  }

  /**
   * Starts a data plane; it accepts connections when this returns, and {@link #isReady} tells when
   * it knows its routes.
   *
   * @throws dev.watchhub.http.HttpStartException if it cannot listen
   */
  public static DataPlane start(DataPlaneOptions options, WatcherFactory watchers) {
    return Resources.buildOrClose(owned -> new DataPlane(options, watchers, owned));
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
