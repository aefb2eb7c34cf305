package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.e2e.Http.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both ways of watching against the same faults: they end where the table is. */
@Tag("slow")
final class FaultsTest {
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = new Cluster();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void catchesUpAfterTheDatabaseWasKilled() throws SQLException {
    cluster.set("/routes/stays", cluster.route("/stays"));
    cluster.set("/routes/goes", cluster.route("/goes"));
    cluster.awaitStatus("/stays", 200);
    cluster.awaitStatus("/goes", 200);
    cluster.database.crash();
    assertThat(cluster.statusOf("/stays")).as("while the database is away").isEqualTo(Set.of(200));
    assertThat(Http.put(cluster.ports.controlPlane(), "/kv/x", "y").status()).isEqualTo(503);
    cluster.database.restart();
    cluster.del("/routes/goes");
    cluster.set("/routes/comes", cluster.route("/comes"));
    cluster.awaitStatus("/comes", 200);
    cluster.awaitStatus("/goes", 404);
    cluster.awaitStatus("/stays", 200);
    cluster.awaitAgreement();
  }

  @Test
  void catchesUpAfterItsConnectionsWereCut() throws SQLException {
    cluster.set("/routes/cut", cluster.route("/cut"));
    cluster.awaitStatus("/cut", 200);
    cluster.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'watchhub%'");
    cluster.del("/routes/cut");
    cluster.awaitStatus("/cut", 404);
    cluster.awaitAgreement();
  }

  @Test
  void catchesUpAfterTheHubWasKilled() throws SQLException {
    cluster.set("/routes/hub", cluster.route("/hub"));
    cluster.awaitStatus("/hub", 200);
    cluster.killHub();
    assertThat(cluster.statusOf("/hub")).as("while the hub is away").isEqualTo(Set.of(200));
    cluster.del("/routes/hub");
    cluster.set("/routes/later", cluster.route("/later"));
    cluster.startHub();
    cluster.awaitStatus("/later", 200);
    cluster.awaitStatus("/hub", 404);
    cluster.awaitAgreement();
    assertThat(cluster.followingLog()).doesNotContain("sends everything anew");
  }

  @Test
  void agreesOnAKeyWhoseWritersCommitInTheReverseOrder() throws Exception {
    try (Connection first = cluster.connect();
        Connection elsewhere = cluster.connect()) {
      first.setAutoCommit(false);
      long held = Cluster.set(first, "/routes/both", cluster.route("/first"));
      CompletableFuture<Long> second =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return cluster.set("/routes/both", cluster.route("/second"));
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
              });
      // A key of its own does not wait: its revision is higher and is committed first.
      long other = Cluster.set(elsewhere, "/routes/other", cluster.route("/other"));
      assertThat(other).isGreaterThan(held);
      cluster.awaitStatus("/other", 200);
      assertThat(second).isNotDone();
      first.commit();
      assertThat(second.get()).isGreaterThan(held);
    }
    cluster.awaitStatus("/second", 200);
    cluster.awaitStatus("/first", 404);
    cluster.awaitAgreement();
  }

  @Test
  void keepsTheLastGoodRouteWhenABadOneGotIntoTheTable() throws SQLException {
    cluster.set("/routes/good", cluster.route("/good"));
    cluster.awaitStatus("/good", 200);
    long bad = cluster.set("/routes/good", "{\"uri\":");
    cluster.set("/routes/after", cluster.route("/after"));
    cluster.awaitStatus("/after", 200);
    cluster.awaitStatus("/good", 200);
    String named = "/routes/good rev=" + bad;
    assertThat(cluster.followingLog()).contains(named);
    assertThat(cluster.listeningLog()).contains(named);
    cluster.del("/routes/good");
    cluster.awaitStatus("/good", 404);
  }

  @Test
  void answers502WhileTheUpstreamIsDown() throws SQLException, IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    cluster.set(
        "/routes/down", "{\"uri\":\"/down\",\"upstream\":\"http://127.0.0.1:" + nobody + "\"}");
    cluster.awaitStatus("/down", 502);
    Answer answer = Http.get(cluster.ports.dataPlane(), "/down");
    assertThat(answer.contentType()).startsWith("application/problem+json");
    assertThat(answer.body()).doesNotContain("\tat ");
  }
}
