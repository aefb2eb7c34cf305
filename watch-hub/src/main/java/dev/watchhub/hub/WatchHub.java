package dev.watchhub.hub;

import dev.watchhub.http.HttpServer;
import dev.watchhub.hub.fanout.FanOut;
import dev.watchhub.hub.http.HubServer;
import dev.watchhub.hub.http.PositionWait;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.relay.Relay;
import dev.watchhub.hub.replication.Replication;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.lifecycle.Worker;
import java.util.concurrent.atomic.AtomicLong;

/** A running hub: builds its parts in the order of their dependencies, closes them in reverse. */
public final class WatchHub implements AutoCloseable {
  private final Resources owned;
  private final HttpServer server;
  private final ChangeLog log;

  private WatchHub(Resources owned, HttpServer server, ChangeLog log) {
    this.owned = owned;
    this.server = server;
    this.log = log;
  }

  /**
   * Starts a hub. It accepts watches when this returns, and is ready a moment later: a database
   * that cannot be reached now is tried again.
   *
   * @throws dev.watchhub.hub.replication.SetupException if the database is not set up for a hub
   * @throws dev.watchhub.http.HttpStartException if the port is taken
   */
  public static WatchHub start(HubOptions options, Faults faults) {
    return Resources.buildOrClose(
        owned -> {
          ChangeLog log = new ChangeLog(options.bounds(), System::nanoTime);
          AtomicLong heartbeatsSent = new AtomicLong();
          FanOut fanOut =
              owned.own(
                  FanOut.start(
                      log,
                      options.timing(),
                      options.fanOutThreads(),
                      heartbeatsSent::get,
                      System::nanoTime,
                      faults));
          Relay relay = new Relay(options.source(), log, System::nanoTime);
          Worker relaying = owned.own(Worker.start("hub-relay", relay, faults));
          PositionWait positions = new PositionWait(log);
          Runnable changed =
              () -> {
                fanOut.wake();
                positions.wake();
                if (relay.hasNews()) {
                  relaying.wake();
                }
              };
          Replication replication =
              new Replication(
                  options.source(), log, heartbeatsSent, changed, System::nanoTime, faults);
          replication.check();
          owned.own(Worker.start("hub-replication", replication, faults));
          HttpServer server =
              owned.own(
                  HubServer.start(options.listen(), log, fanOut, positions, replication, relay));
          return new WatchHub(owned, server, log);
        });
  }

  /** The port that it serves on. */
  public int port() {
    return server.port();
  }

  /** Whether it serves the table as it is now. */
  public boolean isReady() {
    return log.state().ready();
  }

  /** Ends every watch and releases everything; the slot stays. Idempotent. */
  @Override
  public void close() {
    owned.close();
  }
}
