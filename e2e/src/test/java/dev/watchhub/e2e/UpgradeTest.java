package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./watchhub up} over a database that the demo has been using. */
@Tag("slow")
final class UpgradeTest {
  private static final String CREATE_TIME =
      "create_time bigint NOT NULL DEFAULT (EXTRACT(EPOCH FROM now()) * 1000)::bigint,";

  @ParameterizedTest
  @ValueSource(strings = {"", CREATE_TIME})
  void takesOverTheRowsOfTheDemo(String createTime) throws SQLException {
    Ports ports = Ports.free();
    try (TestDatabase database = TestDatabase.start()) {
      fillAsTheDemoDid(database, createTime, ports);
      try (WatchhubProcess up =
          WatchhubProcess.start(
                  "up", "--jdbc-url=" + database.jdbcUrl(), "--port-offset=" + ports.offset())
              .awaitReady()) {
        assertThat(up.err()).doesNotContain("refused /routes");
        await("the demo's route is followed")
            .until(() -> Http.get(ports.dataPlane(), "/new").status() == 200);
        assertThat(Http.get(ports.dataPlane(), "/old").status()).isEqualTo(404);
        assertThat(Http.get(ports.dataPlane(), "/gone").status()).isEqualTo(404);
        assertThat(
                Http.get(ports.controlPlane(), "/routes/foo?rev=1")
                    .json()
                    .at("/value/uri")
                    .asText())
            .isEqualTo("/old");
        var written =
            Http.put(
                ports.controlPlane(),
                "/routes/foo",
                "{\"uri\":\"/newer\",\"upstream\":\"http://127.0.0.1:" + ports.echo() + "\"}");
        assertThat(written.status()).isEqualTo(200);
        assertThat(written.json().get("revision").asLong()).isEqualTo(5);
        await("the overwritten route is followed")
            .until(() -> Http.get(ports.dataPlane(), "/newer").status() == 200);
      }
    }
  }

  private static void fillAsTheDemoDid(TestDatabase database, String createTime, Ports ports)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE config (
            key text,
            value text,
            revision bigserial,
            tombstone boolean NOT NULL DEFAULT false,
            %s
            primary key(key, revision)
          );
          INSERT INTO config(key, value) VALUES ('/routes/foo', '%s'), ('/routes/bar', '%s');
          INSERT INTO config(key, tombstone) VALUES ('/routes/bar', true);
          INSERT INTO config(key, value) VALUES ('/routes/foo', '%s');
          """
              .formatted(
                  createTime, route("/old", ports), route("/gone", ports), route("/new", ports)));
    }
  }

  private static String route(String uri, Ports ports) {
    String json =
        "{\"uri\":\"%s\",\"upstream\":\"http://127.0.0.1:%d\"}".formatted(uri, ports.echo());
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
