package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.controlplane.compaction.CompactionOptions;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What compaction leaves, by itself and for those who have not seen it yet. */
@Tag("slow")
class CompactionTest {
  private TestSchema schema;

  @BeforeEach
  void install(TestInfo test) {
    schema = TestSchema.of(test);
  }

  private static CompactionOptions automatic(@Nullable Duration retain, @Nullable Long revisions) {
    return new CompactionOptions(retain, revisions, Duration.ofHours(1), Duration.ofMillis(50));
  }

  private static Admin.Answer compact(Admin admin, String query) {
    return admin.send("POST", "/compact?" + query, BodyPublishers.noBody());
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(20_000_000_000L);
    }
  }

  private void fill(Admin admin) {
    admin.put("/kv/a", "1");
    admin.put("/kv/a", "2");
    admin.put("/kv/a", "3");
    admin.put("/kv/gone", "1");
    admin.delete("/kv/gone");
  }

  @Test
  void countsWithoutRemovingWhenToldTo() throws Exception {
    try (Admin admin = Admin.of(schema)) {
      fill(admin);
      var dry = compact(admin, "latest=true&dryRun=true");
      assertThat(dry.text()).isEqualTo("{\"dryRun\":true,\"removed\":4}\n");
      assertThat(schema.rows()).isEqualTo(5);
      assertThat(compact(admin, "latest=true&dryRun=no").status()).isEqualTo(400);
      assertThat(compact(admin, "latest=true").text()).isEqualTo("{\"removed\":4}\n");
      assertThat(schema.rows()).isEqualTo(1);
    }
  }

  @Test
  void keepsByItselfSoManyRevisionsOfEachKey() throws Exception {
    try (Admin admin =
        Admin.of(Admin.options(schema).withCompaction(automaticAfter(schema, null, 2L)))) {
      await("the oldest row of /a goes", () -> schema.rows() == 4);
      await(
          "the run is noted",
          () -> admin.get("/status").json().path("compaction").path("removedTotal").asLong() == 1);
      var status = admin.get("/status").json().path("compaction");
      assertThat(status.path("automatic").asBoolean()).isTrue();
      assertThat(status.path("retainRevisions").asLong()).isEqualTo(2);
      assertThat(status.path("error").isNull()).isTrue();
      assertThat(admin.get("/history/a").json().path("items").findValuesAsText("version"))
          .containsExactly("3", "2");
      assertThat(admin.get("/history/a").json().path("compacted").asBoolean()).isTrue();
    }
  }

  private CompactionOptions automaticAfter(
      TestSchema of, @Nullable Duration retain, @Nullable Long revisions) {
    try (Admin admin = Admin.of(of)) {
      fill(admin);
    }
    return automatic(retain, revisions);
  }

  @Test
  void removesByItselfWhatWasReplacedLongAgo() throws Exception {
    CompactionOptions options = automaticAfter(schema, Duration.ofDays(7), null);
    schema.execute(
        "UPDATE %s.config SET create_time = create_time - 8 * 86400000::bigint WHERE revision IN (1, 2, 4, 5)");
    try (Admin admin = Admin.of(Admin.options(schema).withCompaction(options))) {
      // Of /a the first goes, which the second replaced 8 days ago; the second was replaced just
      // now.
      await("what is old goes", () -> schema.rows() == 2);
      assertThat(admin.get("/kv/a").json().path("value").textValue()).isEqualTo("3");
      assertThat(admin.get("/kv/gone").status()).isEqualTo(404);
    }
  }

  @Test
  void leavesAloneWhatIsNotToBeCompactedByItself() throws Exception {
    try (Admin admin = Admin.of(schema)) {
      var status = admin.get("/status").json().path("compaction");
      assertThat(status.path("automatic").asBoolean()).isFalse();
      assertThat(status.path("beganAt").isNull()).isTrue();
    }
  }

  @Test
  void oneCompactsAtATimeAndALostSessionGivesItUp() throws Exception {
    try (Admin admin = Admin.of(schema);
        Connection other = schema.connect();
        Statement statement = other.createStatement()) {
      fill(admin);
      other.setSchema(schema.name());
      statement.execute(
          "SELECT pg_advisory_lock(hashtextextended('watchhub/compaction/' || current_schema(), 0))");
      int pid = number(statement, "SELECT pg_backend_pid()");
      assertThat(compact(admin, "latest=true").status()).isEqualTo(409);
      assertThat(compact(admin, "latest=true&dryRun=true").status()).isEqualTo(200);
      schema.execute("SELECT pg_terminate_backend(" + pid + ") /* %s */");
      await("the lock is free", () -> compact(admin, "latest=true").status() == 200);
      assertThat(schema.rows()).isEqualTo(1);
    }
  }

  private static int number(Statement statement, String sql) throws Exception {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void leavesATombstoneUntilTheNodesOfTheDatabaseHaveSeenIt() throws Exception {
    try (Admin admin = Admin.of(schema)) {
      fill(admin);
      report("token_place() || '1:1:'");
      assertThat(compact(admin, "latest=true").text())
          .as("nothing has been seen")
          .isEqualTo("{\"removed\":0,\"held\":1}\n");
      report(
          "token_place() || pg_snapshot_xmax(pg_current_snapshot())::text || ':'"
              + " || pg_snapshot_xmax(pg_current_snapshot())::text || ':'");
      assertThat(compact(admin, "latest=true").text()).isEqualTo("{\"removed\":4}\n");
    }
  }

  private void report(String token) throws Exception {
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement()) {
      connection.setSchema(schema.name());
      statement.execute("SELECT node_applied('n1', '1', now(), '/', " + token + ")");
    }
  }

  @Test
  void doesNotWaitLongerThanItIsToldFor() throws Exception {
    var impatient =
        new CompactionOptions(null, null, Duration.ofMinutes(10), Duration.ofMinutes(5));
    try (Admin admin = Admin.of(Admin.options(schema).withCompaction(impatient))) {
      fill(admin);
      report("token_place() || '1:1:'");
      schema.execute("UPDATE %s.config SET create_time = create_time - 599000");
      assertThat(compact(admin, "latest=true").text()).contains("\"removed\":0,\"held\":1");
      schema.execute("UPDATE %s.config SET create_time = create_time - 2000");
      assertThat(compact(admin, "latest=true").text()).isEqualTo("{\"removed\":4}\n");
    }
  }

  @Test
  void leavesATombstoneUntilTheSubscribersOfTheHubsHavePassedIt() throws Exception {
    var subscribers = new String[] {""};
    HttpServer hub =
        HttpServer.start(
            "scripted hub",
            ListenAddress.loopback(0),
            "--hub-port",
            config ->
                config.routes.get(
                    "/subscribers",
                    context -> context.result("{\"subscribers\":[" + subscribers[0] + "]}")));
    URI address = URI.create("http://127.0.0.1:" + hub.port());
    try (hub;
        Admin admin = Admin.of(Admin.options(schema).withHubs(List.of(address)))) {
      fill(admin);
      Position here =
          Position.parse(admin.get("/rollout").json().path("position").textValue()).orElseThrow();
      subscribers[0] = "{\"position\":\"" + here.at(new Lsn(1)) + "\"}";
      assertThat(compact(admin, "latest=true").text()).contains("\"removed\":0,\"held\":1");
      subscribers[0] += ",{\"position\":\"" + here + "\"},{\"position\":null}";
      assertThat(compact(admin, "latest=true").text())
          .as("one of them is behind")
          .contains("\"held\":1");
      subscribers[0] = "{\"position\":\"" + here.at(new Lsn(Long.MAX_VALUE)) + "\"}";
      assertThat(compact(admin, "latest=true").text()).isEqualTo("{\"removed\":4}\n");
    }
  }

  @Test
  void waitsForAHubThatDoesNotSay() throws Exception {
    try (Admin admin =
        Admin.of(Admin.options(schema).withHubs(List.of(URI.create("http://127.0.0.1:1"))))) {
      fill(admin);
      assertThat(compact(admin, "latest=true").text()).contains("\"removed\":0,\"held\":1");
    }
  }
}
