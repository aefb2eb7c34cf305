package dev.watchhub.controlplane;

import dev.watchhub.controlplane.api.AdminApi;
import dev.watchhub.controlplane.compaction.Compactor;
import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.controlplane.store.StoreOptions;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.HttpStartException;
import dev.watchhub.lifecycle.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running admin API. */
public final class ControlPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

  private final HttpServer server;
  private final Resources owned;

  private ControlPlane(HttpServer server, Resources owned) {
    this.server = server;
    this.owned = owned;
  }

  /**
   * Starts the admin API; it answers when this returns.
   *
   * @throws StoreException if the database cannot be reached, refuses the login or lacks the
   *     schema; its message is one line
   * @throws HttpStartException if it cannot listen at its address; its message is one line
   */
  public static ControlPlane start(ControlPlaneOptions options) {
    return Resources.buildOrClose(
        owned -> {
          ConfigStore store =
              owned.own(
                  ConfigStore.open(
                      new StoreOptions(
                          options.jdbcUrl(),
                          options.schema(),
                          options.maxConnections(),
                          options.statementTimeout(),
                          options.databaseWait())));
          Compactor compactor =
              owned.own(
                  Compactor.start(
                      store.compactionStore(),
                      options.hubs(),
                      options.compaction(),
                      (component, cause) ->
                          LOG.error(
                              "{} failed and has ended; all else goes on", component, cause)));
          AdminApi api =
              owned.own(
                  AdminApi.start(
                      store,
                      compactor,
                      options.valueEncoding(),
                      options.maxValueBytes(),
                      options.types(),
                      options.hubs()));
          HttpServer server =
              owned.own(
                  HttpServer.start(
                      "control plane", options.listen(), "--controlplane-port", api::addTo));
          return new ControlPlane(server, owned);
        });
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Closes the socket, then the sessions at the database. Idempotent. */
  @Override
  public void close() {
    owned.close();
  }
}
