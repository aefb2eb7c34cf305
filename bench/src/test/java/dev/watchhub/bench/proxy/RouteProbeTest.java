package dev.watchhub.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.bench.load.LoadResult;
import dev.watchhub.bench.load.Writers;
import dev.watchhub.client.WatchBackends;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.BackendWatchers;
import dev.watchhub.dataplane.DataPlane;
import dev.watchhub.dataplane.DataPlaneOptions;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The writers of the benchmark, with a data plane in this process that follows their database. */
final class RouteProbeTest {
  private static final String SCHEMA = "bench_route_probe";

  private final PostgresServer postgres = PostgresServer.shared();
  private final List<Throwable> faults = new CopyOnWriteArrayList<>();

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(postgres.jdbcUrl() + "&currentSchema=" + SCHEMA);
  }

  @Test
  void findsEachRouteThatItHasWritten() throws Exception {
    try (Connection owner = connect();
        Statement statement = owner.createStatement()) {
      SchemaInstaller.install(owner, SCHEMA);
      try (EchoServer upstream = EchoServer.start(ListenAddress.loopback(0));
          DataPlane plane = startPlane()) {
        await("the data plane is ready").until(plane::isReady);
        Routes routes = new Routes("http://127.0.0.1:" + upstream.port());
        RouteProbe probe = RouteProbe.connect(3, routes, connect(), plane.port());
        try (Writers writers = new Writers(List.of(probe))) {
          LoadResult result = writers.scheduled(100, Duration.ofMillis(100));
          assertThat(result.count()).isEqualTo(10);
          assertThat(probe.nanos().getTotalCount()).isEqualTo(10);
          assertThat(probe.requests()).isGreaterThanOrEqualTo(10);
        }
        try (ResultSet row =
            statement.executeQuery("select count(*) from config where key = '/routes/probe/3'")) {
          row.next();
          assertThat(row.getLong(1)).isEqualTo(10);
        }
      }
      assertThat(faults).isEmpty();
      statement.execute("drop schema " + SCHEMA + " cascade");
    }
  }

  private DataPlane startPlane() {
    WatchBackends backends =
        new WatchBackends(null, postgres.jdbcUrl(), SCHEMA, DataPlane.KEY_PREFIXES);
    return DataPlane.start(
        DataPlaneOptions.of(ListenAddress.loopback(0), ListenAddress.loopback(0), WatchMode.NOTIFY),
        new BackendWatchers(backends, null, (component, cause) -> faults.add(cause)),
        (component, cause) -> faults.add(cause));
  }

  @Test
  void changesTheRequestedRouteOnceInTenAndNoneThatIsNotAskedFor() throws Exception {
    String schema = SCHEMA + "_changes";
    String url = postgres.jdbcUrl() + "&currentSchema=" + schema;
    try (Connection owner = DriverManager.getConnection(url);
        Statement statement = owner.createStatement()) {
      SchemaInstaller.install(owner, schema);
      Routes routes = new Routes("http://127.0.0.1:1");
      AtomicLong numbers = new AtomicLong();
      for (Changed changed : List.of(Changed.ROUTES, Changed.OTHER_KEYS)) {
        try (ChangePutter putter =
            ChangePutter.over(DriverManager.getConnection(url), routes, changed, numbers)) {
          for (int i = 0; i < 20; i++) {
            putter.put("/any", "any");
          }
        }
      }
      try (ResultSet row =
          statement.executeQuery(
              "select count(*) filter (where key = '/routes/requested'),"
                  + " count(*) filter (where key like '/routes/other/%'),"
                  + " count(*) filter (where key like '/elsewhere/%'), count(*) from config")) {
        row.next();
        assertThat(List.of(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)))
            .containsExactly(2L, 18L, 20L, 40L);
      }
      statement.execute("drop schema " + schema + " cascade");
    }
  }
}
