package dev.watchhub.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told arrives, at a real hub and in a real database. */
class LedgersTest {
  private static final Faults FAULTS =
      (component, cause) -> {
        throw new AssertionError(component, cause);
      };
  private static final Position POSITION = new Position(1, 1, new Lsn(7));

  private static AppliedReport report(Reached reached) {
    AppliedReport.Refused one =
        new AppliedReport.Refused("/routes/x", 3, "'uri' is \"bad\" " + "x".repeat(5000));
    List<AppliedReport.Refused> many = new ArrayList<>(Collections.nCopies(300, one));
    return new AppliedReport("web", "1.2", Instant.EPOCH, reached, many, 300);
  }

  @Test
  void aHubTakesAReportAndThatTheNodeLeaves() throws Exception {
    try (TestTable table = TestTable.create(PostgresServer.shared(), "ledger_hub");
        TestHub hub = TestHub.start(table, FAULTS)) {
      URI uri = URI.create("http://127.0.0.1:" + hub.port() + "/");
      Ledger ledger = new WatchBackends(uri, null, "x", List.of("/")).ledger(WatchMode.REPLICATION);
      try {
        ledger.tell(report(Reached.at(POSITION)), false);
        assertThat(subscribers(uri))
            .contains("\"position\":\"" + POSITION + "\"", "\"refusedCount\":300", "\"gone\":false")
            .contains("\"version\":\"1.2\"", "\"startedAt\":\"1970-01-01T00:00:00Z\"");

        ledger.tell(report(Reached.at(POSITION)), true);
        assertThat(subscribers(uri)).contains("\"gone\":true");
      } finally {
        ledger.close();
      }
    }
  }

  private static String subscribers(URI hub) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(hub.resolve("/subscribers")).build(), BodyHandlers.ofString())
        .body();
  }

  @Test
  void aDatabaseTakesAReport() throws Exception {
    try (TestTable table = TestTable.create(PostgresServer.shared(), "ledger_table");
        Connection connection = table.connect();
        Statement statement = connection.createStatement()) {
      Ledger ledger =
          new WatchBackends(
                  null,
                  table.server().jdbcUrl(),
                  "ledger_table",
                  List.of("/routes/", "/upstreams/"))
              .ledger(WatchMode.NOTIFY);
      try {
        ledger.tell(report(Reached.seenBy("1-1-700:700:")), false);
        ledger.tell(report(Reached.seenBy("1-1-700:700:")), true);
      } finally {
        ledger.close();
      }
      try (ResultSet row =
          statement.executeQuery(
              """
              SELECT node, version, started_at = 'epoch', prefixes, token, refused_count, leaving,
                jsonb_array_length(refused)
              FROM config_nodes
              """)) {
        List<String> columns = new ArrayList<>();
        row.next();
        for (int i = 1; i <= 8; i++) {
          columns.add(row.getString(i));
        }
        assertThat(columns)
            .containsExactly(
                "web", "1.2", "t", "{/routes/,/upstreams/}", "1-1-700:700:", "300", "t", "100");
      }
    }
  }

  @Test
  void saysWhoCannotBeTold() {
    Ledger hub =
        new WatchBackends(
                URI.create("http://127.0.0.1:1"),
                "jdbc:postgresql://127.0.0.1:1/x",
                "x",
                List.of("/"))
            .ledger(WatchMode.REPLICATION);
    try {
      assertThatThrownBy(() -> hub.tell(report(Reached.at(POSITION)), false))
          .isInstanceOf(SourceException.class);
    } finally {
      hub.close();
    }
  }
}
