package dev.watchhub.bench.stores;

import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.load.Arrivals;
import dev.watchhub.bench.load.Keyspace;
import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.servers.EtcdServer;
import dev.watchhub.bench.servers.HubProcess;
import dev.watchhub.bench.subscribers.MarkStreams;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.lifecycle.Worker;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The servers of all arms, which run throughout: a PostgreSQL for the arms without a hub, another
 * with a hub, and etcd. So a hub is warm when it is measured, and reads nothing of what other arms
 * write.
 */
public final class Bed implements AutoCloseable {
  public static final String NOBODY = "nobody watching";
  public static final String TRIGGER = "trigger NOTIFY";
  public static final String RELAY = "NOTIFY by the hub's relay";
  public static final String HUB = "hub, 1 subscriber";
  public static final String HUB_1000 = "hub, 1,000 subscribers";
  public static final String BARE = "bare pgoutput reader";

  /** Each writer with a connection of its own, as in the other arms. */
  public static final String ETCD = "etcd";

  /** All writers on one connection, which carries many calls at a time. */
  public static final String ETCD_SHARED = "etcd, one connection";

  private final Resources owned;
  private final Database plain;
  private final Database ofHub;
  private final HubProcess hub;
  private final List<Store> stores;
  private final Map<String, String> settings;

  private Bed(RunSettings run, Peers peers, Resources owned) {
    this.owned = owned;
    this.plain = owned.own(Database.start(run, "plain", Map.of()));
    this.ofHub = owned.own(Database.start(run, "hub", Map.of()));
    this.hub = owned.own(HubProcess.start(run, ofHub.jdbcUrl(), List.of(), List.of()));
    this.settings = new LinkedHashMap<>(plain.settings());
    settings.put("listeners of trigger NOTIFY", Integer.toString(peers.listeners()));
    List<Store> all = new ArrayList<>();
    all.addAll(
        List.of(
            new PostgresStore(NOBODY, plain, "off", false, (database, o) -> List.of()),
            new PostgresStore(
                TRIGGER, plain, "trigger", true, (db, o) -> listen(db, peers.listeners(), o)),
            new PostgresStore(RELAY, ofHub, "hub", true, (db, o) -> listen(db, 1, o)),
            new PostgresStore(
                HUB, ofHub, "off", true, (db, o) -> subscribe(List.of(Keyspace.ROOT), o)),
            new PostgresStore(
                HUB_1000,
                ofHub,
                "off",
                true,
                (db, o) ->
                    subscribe(
                        IntStream.range(0, Keyspace.PREFIXES).mapToObj(Keyspace::prefix).toList(),
                        o)),
            new PostgresStore(BARE, plain, "off", true, Bed::readBare)));
    all.addAll(etcds(run, peers));
    this.stores = List.copyOf(all);
  }

  /** Starts all servers. */
  public static Bed start(RunSettings run, Peers peers) {
    return Resources.buildOrClose(owned -> new Bed(run, peers, owned));
  }

  /** All stores, those that cannot be measured too. */
  public List<Store> stores() {
    return stores;
  }

  /** What the servers are set to, and which versions they are. */
  public Map<String, String> settings() {
    return settings;
  }

  /** Between two rounds: takes away old revisions, and lets servers do what they put off. */
  public void tidy() {
    plain.tidy();
    ofHub.tidy();
  }

  private List<Store> etcds(RunSettings run, Peers peers) {
    String given = peers.etcdUrl();
    String url = given == null ? ownEtcd(run) : given;
    if (url == null) {
      String missing = "no etcd on the PATH and no --etcd URL";
      return List.of(new MissingStore(ETCD, missing), new MissingStore(ETCD_SHARED, missing));
    }
    settings.putIfAbsent("etcd", url);
    return List.of(new EtcdStore(ETCD, url, Integer.MAX_VALUE), new EtcdStore(ETCD_SHARED, url, 1));
  }

  /** Null when none is installed. */
  private @Nullable String ownEtcd(RunSettings run) {
    Path program = EtcdServer.program().orElse(null);
    if (program == null) {
      return null;
    }
    settings.put("etcd", EtcdServer.version(program));
    return owned.own(EtcdServer.start(run, program)).url();
  }

  private static List<Arrivals> listen(Database database, int listeners, Resources owned)
      throws SQLException {
    List<Arrivals> all = new ArrayList<>();
    for (int i = 0; i < listeners; i++) {
      Arrivals arrivals = new Arrivals();
      all.add(arrivals);
      owned.own(Worker.start("listener-" + i, Listener.connect(database, arrivals), arrivals));
    }
    return all;
  }

  private static List<Arrivals> readBare(Database database, Resources owned) throws SQLException {
    Arrivals arrivals = new Arrivals();
    owned.own(Worker.start("bare-reader", BareReader.connect(database, arrivals), arrivals));
    return List.of(arrivals);
  }

  /** One subscriber for each prefix; together they see everything once. */
  private List<Arrivals> subscribe(List<String> prefixes, Resources owned) {
    Arrivals arrivals = new Arrivals();
    List<String> paths = prefixes.stream().map(p -> "/watch?snapshot=false&prefix=" + p).toList();
    owned.own(MarkStreams.open(hub.port(), paths, arrivals, arrivals));
    return List.of(arrivals);
  }

  @Override
  public void close() {
    owned.close();
  }

  /** A peer that is not there. */
  private record MissingStore(String name, String reason) implements Store {
    @Override
    public Optional<String> missing(Duration flushDelay) {
      return Optional.of(reason);
    }

    @Override
    public OpenStore open(int writers, Duration flushDelay) {
      throw new IllegalStateException(reason);
    }
  }
}
