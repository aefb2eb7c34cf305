package dev.watchhub.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Reads of what a hub holds. */
final class KvTest {
  private static final Pattern POSITION = Pattern.compile("\"position\":\"([^\"]+)\"");

  private final HttpClient client = HttpClient.newHttpClient();
  private HubDatabase database;
  private WatchHub hub;

  @BeforeEach
  void start(TestInfo test) throws SQLException {
    database =
        HubDatabase.create(PostgresServer.shared(), "kv_" + test.getTestMethod().get().getName());
    database.set("/routes/a", "1");
    hub = database.startHub();
  }

  @AfterEach
  void stop() throws SQLException {
    hub.close();
    database.close();
  }

  private HttpResponse<String> get(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String tag(HttpResponse<?> answer) {
    return answer.headers().firstValue("ETag").orElse("none");
  }

  /** Where the server's log ends now, at or after every commit so far. */
  private Position written() throws SQLException {
    Matcher position = POSITION.matcher(get("/kv").body());
    assertThat(position.find()).isTrue();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_current_wal_insert_lsn() - '0/0'")) {
      row.next();
      return Position.parse(position.group(1)).orElseThrow().at(new Lsn(row.getLong(1)));
    }
  }

  @Test
  void hasTheWriteThatIsAskedFor() throws SQLException {
    for (int i = 0; i < 2; i++) { // one alone might be there in time by chance
      database.set("/routes/a", "value " + i);
      Position after = written();
      assertThat(get("/kv/routes/a?atLeast=" + after).body()).contains("value " + i);
      database.set("/routes/b", "value " + i);
      assertThat(get("/kv?prefix=/routes/&atLeast=" + written()).body())
          .contains("\"/routes/a\"", "\"/routes/b\"", "value " + i);
    }
  }

  @Test
  void refusesAPositionThatIsNoneOrOfAnotherCluster() throws SQLException {
    assertThat(get("/kv?atLeast=7").statusCode()).isEqualTo(400);
    assertThat(get("/kv/routes/a?atLeast=").body()).contains("\"field\":\"atLeast\"");
    Position here = written();
    HttpResponse<String> gone =
        get("/kv?atLeast=" + new Position(here.cluster() + 1, here.timeline(), here.lsn()));
    assertThat(gone.statusCode()).isEqualTo(410);
    assertThat(gone.body()).contains("\"reason\":\"cluster\"");
  }

  @Test
  void sendsNothingThatTheClientHasAlready() throws SQLException {
    HttpResponse<String> list = get("/kv?prefix=/routes/");
    assertThat(tag(list)).startsWith("W/\"");
    database.set("/elsewhere/x", "1");
    String after = "&atLeast=" + written();
    HttpResponse<String> same =
        get("/kv?prefix=/routes/" + after, "If-None-Match", "\"other\", " + tag(list));
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.headers().firstValue("Content-Type")).isEmpty();
    assertThat(same.body()).isEmpty();
    assertThat(tag(same)).isEqualTo(tag(list));

    HttpResponse<String> one = get("/kv/routes/a");
    assertThat(tag(one)).isEqualTo("\"1\"");
    assertThat(get("/kv/routes/a", "If-None-Match", tag(one)).statusCode()).isEqualTo(304);

    database.set("/routes/a", "2");
    after = "atLeast=" + written();
    assertThat(get("/kv/routes/a?" + after, "If-None-Match", tag(one)).statusCode()).isEqualTo(200);
    HttpResponse<String> changed = get("/kv?prefix=/routes/&" + after, "If-None-Match", tag(list));
    assertThat(changed.statusCode()).isEqualTo(200);
    database.del("/routes/a");
    assertThat(tag(get("/kv?prefix=/routes/&atLeast=" + written())))
        .isNotIn(tag(list), tag(changed));
  }
}
