package dev.watchhub.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * The data plane of {@code pg_watch_demo} as its SQL and its parsing have it: LISTEN, then list; a
 * notification carries the row; one whose value is left out sends it to the function that it asks
 * after a reconnect.
 *
 * <p>Threading: one thread.
 */
final class DemoDataPlane implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final Connection listener;
  private final Connection database;
  private final Map<String, String> values = new HashMap<>(); // of keys, base64
  private final Map<String, String> upstreams = new TreeMap<>(); // of URIs
  private long latestRevision;
  private int refetches;

  DemoDataPlane(String jdbcUrl) throws SQLException {
    listener = DriverManager.getConnection(jdbcUrl);
    database = DriverManager.getConnection(jdbcUrl);
    try (Statement statement = listener.createStatement()) {
      statement.execute("LISTEN routes");
    }
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("select * from get_all('/routes/')")) {
      while (rows.next()) {
        apply(rows.getLong(1), rows.getString(2), rows.getString(3), false);
      }
    }
  }

  /** Handles what has arrived, or arrives within a moment. */
  void poll() throws SQLException, IOException {
    PGNotification[] some = listener.unwrap(PGConnection.class).getNotifications(100);
    for (PGNotification one : some == null ? new PGNotification[0] : some) {
      JsonNode row = JSON.readTree(one.getParameter());
      if (row.path("revision").asLong() <= latestRevision) {
        continue;
      }
      if (row.path("truncated").asBoolean()) {
        refetch();
        continue;
      }
      apply(
          row.path("revision").asLong(),
          row.path("key").asText(),
          row.path("value").textValue(),
          row.path("tombstone").asBoolean());
    }
  }

  private void refetch() throws SQLException {
    refetches++;
    try (PreparedStatement statement =
        database.prepareStatement("select * from get_all_from_rev_with_stale('/routes/', ?)")) {
      statement.setLong(1, latestRevision);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          apply(rows.getLong(1), rows.getString(2), rows.getString(3), rows.getBoolean(4));
        }
      }
    }
  }

  private void apply(long revision, String key, @Nullable String value, boolean tombstone) {
    latestRevision = Math.max(latestRevision, revision);
    if (!tombstone && value != null) {
      values.put(key, value);
    }
    JsonNode route = route(values.getOrDefault(key, ""));
    String uri = route.path("uri").asText();
    if (tombstone) {
      upstreams.remove(uri);
    } else {
      upstreams.put(uri, route.path("upstream").asText());
    }
  }

  private static JsonNode route(String base64) {
    try {
      return JSON.readTree(new String(Base64.getDecoder().decode(base64), UTF_8));
    } catch (IOException e) {
      throw new AssertionError("the demo's data plane would end here", e);
    }
  }

  /** What it routes: upstreams by URI. */
  Map<String, String> upstreams() {
    return upstreams;
  }

  /** How often it has asked for what a notification left out. */
  int refetches() {
    return refetches;
  }

  @Override
  public void close() throws SQLException {
    listener.close();
    database.close();
  }
}
