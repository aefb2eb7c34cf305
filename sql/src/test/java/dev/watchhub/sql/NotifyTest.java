package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

final class NotifyTest {
  private static final String LONG = "x".repeat(64);

  private final TestSchema schema;
  private final Connection connection;
  private final Connection listener;

  NotifyTest() throws SQLException {
    schema = TestSchema.installed("notifies");
    connection = schema.connect();
    listener = schema.connect();
    Sql.execute(listener, "listen routes; listen config; listen done");
  }

  @AfterEach
  void close() throws SQLException {
    schema.close();
  }

  /** What has arrived since the last call, as channel and payload. */
  private List<String> heard() throws SQLException {
    Sql.execute(connection, "notify done");
    List<String> heard = new ArrayList<>();
    PGConnection pg = listener.unwrap(PGConnection.class);
    while (true) {
      PGNotification[] some = pg.getNotifications(10_000);
      if (some == null || some.length == 0) {
        throw new AssertionError("no notification within 10 s");
      }
      for (PGNotification one : some) {
        if (one.getName().equals("done")) {
          return heard;
        }
        heard.add(one.getName() + " " + one.getParameter());
      }
    }
  }

  @Test
  void announcesTheDemosColumnsOnTheFirstSegment() throws Exception {
    Sql.set(connection, "/routes/a", "it's \"ä\"");
    Sql.del(connection, "/routes/a");
    List<String> times = Sql.rows(connection, "select create_time from config order by revision");
    assertThat(heard())
        .containsExactly(
            "routes {\"key\":\"/routes/a\",\"value\":\"it's \\\"ä\\\"\",\"revision\":1,\"tombstone\":false,\"create_time\":%s}"
                .formatted(times.get(0)),
            "routes {\"key\":\"/routes/a\",\"value\":null,\"revision\":2,\"tombstone\":true,\"create_time\":%s}"
                .formatted(times.get(1)));
  }

  @Test
  void leavesOutAValueThatDoesNotFit() throws Exception {
    Sql.set(connection, "/routes/a", "ä".repeat(20_000));
    String time = Sql.text(connection, "select create_time from config");
    assertThat(heard())
        .containsExactly(
            "routes {\"key\":\"/routes/a\",\"revision\":1,\"tombstone\":false,\"create_time\":%s,\"truncated\":true}"
                .formatted(time));
  }

  @Test
  void sendsThePayloadsAroundTheLimit() throws Exception {
    int rest =
        Sql.text(
                connection,
                "select notify_payload(row('/routes/a', '', 10, false, 1, 1, 1, 1, 1, '', '', '')::config)")
            .length();
    // Revisions of one digit and a time of thirteen take one and twelve more or less than above.
    int fits = 7999 - (rest - 1 + 12);
    Sql.set(connection, "/routes/a", "v".repeat(fits));
    Sql.set(connection, "/routes/a", "v".repeat(fits + 1));
    List<String> heard = heard();
    assertThat(heard.get(0)).hasSize("routes ".length() + 7999).doesNotContain("truncated");
    assertThat(heard.get(1)).contains("\"truncated\":true");
  }

  @Test
  void neverFailsAWriteThatWentRoundTheKeyRules() throws Exception {
    String key = "/routes/" + "\u0001".repeat(1500);
    Sql.rows(
        connection,
        "insert into config (key, value) values (?, 'x'), ('', 'y'), ('k', 'z') returning 1",
        key);
    List<String> heard = heard();
    assertThat(heard).hasSize(3);
    assertThat(heard.get(0)).startsWith("routes {\"revision\":1").contains("\"truncated\":true");
    assertThat(heard.get(1)).startsWith("config {\"key\":\"\"");
    assertThat(heard.get(2)).startsWith("config {\"key\":\"k\"");
  }

  @Test
  void shortensAChannelThatIsTooLong() throws Exception {
    String channel = Sql.text(connection, "select notify_channel(?)", "/" + LONG + "/a");
    assertThat(channel).matches("_[0-9a-f]{32}");
    Sql.execute(listener, "listen " + channel);
    Sql.set(connection, "/" + LONG + "/a", "x");
    assertThat(heard()).singleElement().asString().startsWith(channel + " {");
  }

  @ParameterizedTest
  @CsvSource({
    "/routes/a,routes",
    "/routes/a/b,routes",
    "/routes,routes",
    "/rou tes\"/a,rou tes\"",
    "a/b,config",
    "'',config",
    "//a,config",
    "/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  })
  void namesTheChannelOfAKey(String key, String channel) throws Exception {
    assertThat(Sql.text(connection, "select notify_channel(?)", key)).isEqualTo(channel);
  }

  @Test
  void stampsEachRowWithTheModeOfItsStatementAndAnnouncesOnlyThoseOfTheTrigger() throws Exception {
    Connection straddling = schema.begin();
    Sql.set(straddling, "/routes/before", "x");
    assertThat(Sql.text(connection, "select notify_mode('hub')")).isEqualTo("hub");
    Sql.set(straddling, "/routes/after", "x");
    straddling.commit();
    Sql.text(connection, "select notify_mode('off')");
    Sql.set(connection, "/routes/quiet", "x");
    Sql.execute(connection, "insert into config (key, value) values ('/routes/direct', 'x')");

    assertThat(Sql.rows(connection, "select key, notify_mode from config order by revision"))
        .containsExactly(
            "/routes/before|trigger",
            "/routes/after|hub",
            "/routes/quiet|off",
            "/routes/direct|trigger");
    List<String> heard = heard();
    assertThat(heard).hasSize(2);
    assertThat(heard.get(0)).contains("/routes/before");
    assertThat(heard.get(1)).contains("/routes/direct");
  }

  @Test
  void refusesAnotherMode() throws Exception {
    assertThatThrownBy(() -> Sql.text(connection, "select notify_mode('loud')"))
        .hasMessageContaining("invalid notify mode \"loud\": expected trigger, hub or off")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("22023");
    assertThat(Sql.text(connection, "select notify_mode()")).isEqualTo("trigger");
  }
}
