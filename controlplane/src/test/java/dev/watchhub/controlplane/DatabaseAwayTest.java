package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.http.HttpStartException;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.testkit.TcpProxy;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A database that is away, in the way, or not the right one. */
@Tag("slow")
class DatabaseAwayTest {
  private static PostgresServer server;
  private static TestSchema schema;

  @BeforeAll
  static void start() {
    server = PostgresServer.temporary(Map.of());
    schema = TestSchema.on(server, "cp_DatabaseAwayTest");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ControlPlaneOptions options(String jdbcUrl, Duration databaseWait) {
    return options(jdbcUrl, databaseWait, 10);
  }

  private static ControlPlaneOptions options(
      String jdbcUrl, Duration databaseWait, int maxConnections) {
    ControlPlaneOptions usual = Admin.options(schema);
    return new ControlPlaneOptions(
        usual.listen(),
        jdbcUrl,
        usual.schema(),
        usual.valueEncoding(),
        usual.maxValueBytes(),
        maxConnections,
        usual.statementTimeout(),
        databaseWait,
        List.of(),
        usual.compaction(),
        usual.types());
  }

  @Test
  void answers503WhileTheDatabaseIsAwayAndRecoversByItself() throws Exception {
    try (Admin admin = Admin.of(schema)) {
      assertThat(admin.put("/kv/before", "x").status()).isEqualTo(201);
      long rows = schema.rows();

      server.crash();
      // Twice: the first call may have met a session that had not noticed.
      for (int i = 0; i < 2; i++) {
        var refused = admin.put("/kv/meanwhile", "x");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.json().path("type").textValue())
            .isIn("/problems/outcome-unknown", "/problems/database-away");
      }
      assertThat(admin.get("/kv/before").status()).isEqualTo(503);
      assertThat(admin.get("/readyz").status()).isEqualTo(503);
      assertThat(admin.get("/healthz").status()).isEqualTo(200);
      assertThat(admin.put("/routes/a", "{}").status()).isEqualTo(400);

      server.restart();
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> assertThat(admin.get("/readyz").status()).isEqualTo(200));
      assertThat(schema.rows()).isEqualTo(rows);
      assertThat(admin.get("/kv/before").json().path("value").textValue()).isEqualTo("x");
      assertThat(admin.put("/kv/after", "x").status()).isEqualTo(201);
    }
  }

  @Test
  void answers503WithinTwoSecondsWhenTheDatabaseFallsSilentAndRecoversByItself() {
    int port = URI.create(schema.jdbcUrl().substring("jdbc:".length())).getPort();
    try (TcpProxy link = TcpProxy.to(port);
        Admin admin =
            Admin.of(
                options(
                    schema.jdbcUrl().replace(":" + port, ":" + link.port()),
                    Duration.ofSeconds(5)))) {
      assertThat(admin.put("/kv/silent", "before").status()).isEqualTo(201);

      link.stall();
      List<CompletableFuture<Admin.Answer>> calls =
          IntStream.range(0, 8)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> admin.put("/kv/silent", "then")))
              .toList();
      for (CompletableFuture<Admin.Answer> call : calls) {
        assertThat(call.join().status()).isEqualTo(503);
        assertThat(call.join().header("Retry-After")).isEqualTo("1");
        assertThat(call.join().json().path("type").textValue())
            .isIn("/problems/outcome-unknown", "/problems/database-away");
      }
      assertThat(admin.get("/kv/silent").json().path("type").textValue())
          .isEqualTo("/problems/database-away");

      link.pass();
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> assertThat(admin.get("/readyz").status()).isEqualTo(200));
      assertThat(admin.put("/kv/silent", "after").status()).isEqualTo(200);
    }
  }

  @Test
  void waitsAtItsStartForADatabaseThatComesUp() {
    server.crash();
    CompletableFuture<Admin> starting =
        CompletableFuture.supplyAsync(
            () -> Admin.of(options(schema.jdbcUrl(), Duration.ofSeconds(30))));
    server.restart();
    try (Admin admin = starting.join()) {
      assertThat(admin.get("/readyz").status()).isEqualTo(200);
    }
  }

  @Test
  void doesNotWaitForAnotherTransactionsLockForLong() throws Exception {
    try (Admin admin = Admin.of(schema);
        Connection other = schema.connect()) {
      other.setAutoCommit(false);
      other.setSchema(schema.name());
      other.createStatement().execute("SELECT put('/kv/locked', 'theirs')");

      var refused = admin.put("/kv/kv/locked", "ours");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(admin.put("/kv/kv/free", "ours").status()).isEqualTo(201);

      other.commit();
      assertThat(admin.get("/kv/kv/locked").json().path("value").textValue()).isEqualTo("theirs");
      assertThat(admin.put("/kv/kv/locked", "ours").status()).isEqualTo(200);
    }
  }

  /** The first has the session until it gives up the lock; the others wait for the session. */
  @Test
  void isBusyAndNotAwayWhileEverySessionIsTaken() throws Exception {
    try (Admin admin = Admin.of(options(schema.jdbcUrl(), Duration.ofSeconds(5), 1));
        Connection other = schema.connect()) {
      other.setAutoCommit(false);
      other.setSchema(schema.name());
      other.createStatement().execute("SELECT put('/taken', 'theirs')");

      List<CompletableFuture<Admin.Answer>> calls =
          IntStream.range(0, 6)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> admin.put("/kv/taken", "ours")))
              .toList();
      for (CompletableFuture<Admin.Answer> call : calls) {
        assertThat(call.join().status()).isEqualTo(503);
        assertThat(call.join().json().path("type").textValue()).isEqualTo("/problems/busy");
      }
      other.rollback();
      assertThat(admin.put("/kv/taken", "ours").status()).isEqualTo(201);
    }
  }

  @Test
  void saysInOneLineWhyItCannotStart() {
    Duration soon = Duration.ofMillis(100);
    assertRefused(
        options("jdbc:postgresql://127.0.0.1:1/postgres?user=postgres&password=secret", soon),
        "127.0.0.1:1");
    assertRefused(options("jdbc:mysql://127.0.0.1/x?password=secret", soon), "jdbc:postgresql:");
    assertRefused(options("http://127.0.0.1/x", soon), "jdbc:postgresql:");
    assertRefused(
        options(schema.jdbcUrl().replace("/postgres?", "/nowhere?"), Duration.ofMinutes(1)),
        "nowhere");
    assertRefused(
        Admin.options(schema).withSchema("nowhere"), "has no configuration schema 'nowhere'");
  }

  private static void assertRefused(ControlPlaneOptions options, String reason) {
    assertThatThrownBy(() -> ControlPlane.start(options))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("\n");
  }

  @Test
  void releasesItsSessionsWhenItsPortIsTaken() throws Exception {
    try (Admin admin = Admin.of(schema)) {
      String name = "taken_port";
      ControlPlaneOptions taken =
          ControlPlaneOptions.of(
                  ListenAddress.loopback(admin.port()),
                  schema.jdbcUrl() + "&ApplicationName=" + name)
              .withSchema(schema.name());
      assertThatThrownBy(() -> ControlPlane.start(taken))
          .isInstanceOf(HttpStartException.class)
          .hasMessageContaining(String.valueOf(admin.port()))
          .hasMessageNotContaining("\n");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(schema.sessions(name)).isZero());
    }
  }

  @Test
  void closesTwice() {
    ControlPlane controlPlane = ControlPlane.start(Admin.options(schema));
    controlPlane.close();
    controlPlane.close();
  }
}
