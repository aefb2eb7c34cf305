package dev.watchhub.controlplane;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Which node has what, over real sockets and a real database; the hub says what the test lets it.
 */
@Tag("slow")
class RolloutTest {
  private TestSchema schema;
  private ScriptedHub hub;

  @BeforeEach
  void start(TestInfo test) throws SQLException {
    schema = TestSchema.of(test);
    collectsSince("1 hour");
    hub = new ScriptedHub();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Admin admin(int... hubPorts) {
    List<URI> hubs =
        Arrays.stream(hubPorts)
            .mapToObj(port -> URI.create("http://127.0.0.1:" + port + "/"))
            .toList();
    return Admin.of(Admin.options(schema).withHubs(hubs));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(schema.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = " + schema.name());
      statement.execute(sql);
    }
  }

  private void collectsSince(String interval) throws SQLException {
    execute("UPDATE config_nodes_since SET began = now() - interval '" + interval + "'");
  }

  private void notifyNodeReports(String node, boolean leaving) throws SQLException {
    execute(
        """
        SELECT node_applied('%s', '1', now(), '/routes/',
          (SELECT DISTINCT token FROM changes_since('/routes/')),
          '[{"key":"/routes/bad","revision":3,"reason":"no"}]', 1, %s)
        """
            .formatted(node, leaving));
  }

  private static String hubNode(String node, Position upTo, boolean gone) {
    return ScriptedHub.node(node, upTo, gone);
  }

  private static Position position(Admin.Answer rollout) {
    return Position.parse(rollout.json().get("position").textValue()).orElseThrow();
  }

  private static JsonNode node(JsonNode answer, String name) {
    for (JsonNode node : answer.get("nodes")) {
      if (node.get("node").textValue().equals(name)) {
        return node;
      }
    }
    throw new AssertionError("no " + name + " in " + answer);
  }

  @Test
  void showsNodesOfBothKindsAlike() throws Exception {
    try (Admin admin = admin(hub.port())) {
      notifyNodeReports("n1", false);
      Position before = position(admin.get("/rollout"));
      admin.put("/routes/a", "{\"uri\":\"/a\",\"upstream\":\"http://a\"}");
      Position after = position(admin.get("/rollout"));
      hub.says(hubNode("h1", before, false), hubNode("h2", after, false));

      JsonNode answer = admin.get("/rollout?position=" + after).json();

      assertThat(answer.get("applied").asBoolean()).isFalse();
      assertThat(node(answer, "h1").get("applied").asBoolean()).isFalse();
      assertThat(node(answer, "h2").get("applied").asBoolean()).isTrue();
      assertThat(node(answer, "n1").get("applied").asBoolean()).isFalse();
      assertThat(node(answer, "n1").get("watchMode").textValue()).isEqualTo("notify");
      assertThat(node(answer, "h1").get("watchMode").textValue()).isEqualTo("replication");
      assertThat(node(answer, "n1").at("/refused/0/key").textValue()).isEqualTo("/routes/bad");
      assertThat(node(answer, "n1").fieldNames())
          .toIterable()
          .containsExactlyElementsOf(() -> node(answer, "h1").fieldNames());

      notifyNodeReports("n1", false);
      hub.says(hubNode("h1", after, false));

      assertThat(admin.get("/rollout?position=" + after).json().get("applied").asBoolean())
          .isTrue();
    }
  }

  @Test
  void aNodeThatIsGoneIsShownAndNotWaitedFor() throws Exception {
    try (Admin admin = admin(hub.port())) {
      Position now = position(admin.get("/rollout"));
      hub.says(hubNode("h1", now.at(new Lsn(1)), true));
      notifyNodeReports("n1", true);

      JsonNode answer = admin.get("/rollout?position=" + now).json();

      assertThat(answer.get("applied").asBoolean()).isTrue();
      assertThat(node(answer, "h1").get("gone").asBoolean()).isTrue();
      assertThat(node(answer, "n1").get("gone").asBoolean()).isTrue();

      execute("UPDATE config_nodes SET reported_at = now() - interval '31 seconds'");
      assertThat(admin.get("/rollout").json().get("nodes")).hasSize(1);
    }
  }

  @Test
  void aNodeThatHasChangedItsModeIsShownOnce() throws Exception {
    try (Admin admin = admin(hub.port())) {
      notifyNodeReports("web", false);
      Position now = position(admin.get("/rollout"));
      execute("UPDATE config_nodes SET reported_at = now() - interval '10 seconds'");
      hub.says(hubNode("web", now, false));

      JsonNode answer = admin.get("/rollout").json();

      assertThat(answer.get("nodes")).hasSize(1);
      assertThat(node(answer, "web").get("watchMode").textValue()).isEqualTo("replication");
    }
  }

  @Test
  void saysWhichHubCouldNotBeAskedAndPromisesNothingThen() {
    try (Admin admin = admin(hub.port(), 1)) {
      JsonNode answer = admin.get("/rollout").json();

      assertThat(answer.get("applied").asBoolean(true)).isFalse();
      assertThat(answer.at("/hubs/0/error").isNull()).isTrue();
      assertThat(answer.at("/hubs/1/error").textValue()).startsWith("it does not answer");
    }
  }

  @Test
  void countsANameThatTwoNodesReportUnderAsNotApplied() {
    try (Admin admin = admin(hub.port())) {
      Position now = position(admin.get("/rollout"));
      hub.says(hubNode("web", now, false).replace("\"upTo\"", "\"conflict\":true,\"upTo\""));

      JsonNode answer = admin.get("/rollout?position=" + now).json();

      assertThat(answer.get("applied").asBoolean(true)).isFalse();
      assertThat(node(answer, "web").get("position").isNull()).isTrue();
    }
  }

  @Test
  void promisesNothingWhileNodesMayNotHaveReportedYet() throws Exception {
    try (Admin admin = admin(hub.port())) {
      JsonNode settled = admin.get("/rollout").json();
      assertThat(settled.get("applied").asBoolean()).isTrue();
      assertThat(settled.get("pending").isNull()).isTrue();

      hub.collectsFor(3_999);
      JsonNode young = admin.get("/rollout").json();
      assertThat(young.get("applied").asBoolean(true)).isFalse();
      assertThat(young.get("pending").textValue())
          .startsWith("hub http://127.0.0.1:" + hub.port())
          .contains("3 s");

      hub.collectsFor(15_000);
      collectsSince("0 seconds");
      JsonNode restarted = admin.get("/rollout").json();
      assertThat(restarted.get("applied").asBoolean(true)).isFalse();
      assertThat(restarted.get("pending").textValue()).startsWith("the database");
    }
  }

  @Test
  void waitsNoLongerForAHubThatStallsInItsAnswer() throws Exception {
    try (ServerSocket stalling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Admin admin = admin(stalling.getLocalPort())) {
      CompletableFuture<Socket> asked = CompletableFuture.supplyAsync(() -> beginAnswer(stalling));

      JsonNode answer = admin.get("/rollout").json();

      assertThat(answer.at("/hubs/0/error").textValue()).isEqualTo("it does not answer within 2 s");
      asked.join().close();
    }
  }

  private static Socket beginAnswer(ServerSocket server) {
    try {
      Socket socket = server.accept();
      socket
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes(US_ASCII));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void refusesAPositionOfAnotherTimeline() {
    try (Admin admin = admin()) {
      Position here = position(admin.get("/rollout"));
      Position other = new Position(here.cluster(), 77, here.lsn());

      Admin.Answer answer = admin.get("/rollout?position=" + other);

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("timeline 77", "\"field\":\"position\"");
    }
  }

  @Test
  void refusesAPositionThatIsNoneOrOfAnotherCluster() {
    try (Admin admin = admin()) {
      assertThat(admin.get("/rollout?position=x").status()).isEqualTo(400);
      assertThat(admin.get("/rollout?position=0000000000000001-00000001-0000000000000001").text())
          .contains("another database cluster");
      assertThat(admin.get("/rollout?positio=x").status()).isEqualTo(400);
    }
  }
}
