package dev.watchhub.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Folds {@code changes_since} beside interleaved transactions and compactions, and compares with
 * the table at each step. One thread drives everything, so that a seed is one schedule.
 */
final class RandomScheduleTest {
  private static final int STEPS = 700;

  /** A connection with the keys that its open transaction has locked. */
  private record Writer(Connection connection, Set<String> locked) {}

  /** Somebody who follows some prefixes by tokens. */
  private static final class Follower {
    private final List<String> prefixes;
    private final Map<String, String> held = new TreeMap<>();
    private final Map<String, Long> revisions = new TreeMap<>();
    private @Nullable String token;
    private int resets;
    private int changes;

    Follower(String... prefixes) {
      this.prefixes = List.of(prefixes);
    }

    void poll(Connection connection) throws SQLException {
      boolean replace = token == null;
      try (PreparedStatement statement =
          connection.prepareStatement(
              "select token, reset, key, value, revision, tombstone, prev_revision from changes_since(?, ?)")) {
        if (prefixes.size() == 1) {
          statement.setString(1, prefixes.get(0));
        } else {
          statement.setArray(1, connection.createArrayOf("text", prefixes.toArray()));
        }
        statement.setString(2, token);
        Set<Long> came = new HashSet<>();
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            assertThat(came.add(row.getLong("revision"))).as("each row once").isTrue();
            if (row.getString("reset") != null) {
              assertThat(row.getString("reset")).isEqualTo("compacted");
              replace = true;
            }
            if (row.isFirst()) {
              resets += replace && token != null ? 1 : 0;
              if (replace) {
                held.clear();
                revisions.clear();
              }
            }
            token = row.getString("token");
            @Nullable String key = row.getString("key");
            if (key != null) {
              apply(row, key, replace);
            }
          }
        }
      }
    }

    private void apply(ResultSet row, String key, boolean replaced) throws SQLException {
      if (!replaced) {
        changes++;
        long before = row.getLong("prev_revision");
        // After a reset a deleted key's last revision is not known.
        @Nullable Long known = revisions.get(key);
        if (known != null && before != 0) {
          assertThat(before).as("revision of %s before this one", key).isEqualTo(known);
        }
      }
      revisions.put(key, row.getLong("revision"));
      if (row.getBoolean("tombstone")) {
        held.remove(key);
      } else {
        held.put(key, row.getString("value"));
      }
    }
  }

  private final List<Writer> writers = new ArrayList<>();
  private final Set<String> lockedByAny = new HashSet<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theFoldEqualsTheTable(long seed) throws Exception {
    Random random = new Random(seed);
    try (TestSchema schema = TestSchema.installed("random_schedule_" + seed)) {
      for (int i = 0; i < 5; i++) {
        writers.add(new Writer(schema.begin(), new HashSet<>()));
      }
      Connection reader = schema.connect();
      List<Follower> followers =
          List.of(
              new Follower("/"),
              new Follower("/a/"),
              new Follower("/a/", "/b/1", "/b/2", "/a/1"),
              new Follower("/b/1"));
      for (int step = 0; step < STEPS; step++) {
        write(writers.get(random.nextInt(writers.size())), random, step);
        if (random.nextInt(60) == 0) {
          compact(reader, random);
        }
        for (Follower follower : followers) {
          if (random.nextInt(8) == 0) {
            follower.poll(reader);
            assertThat(follower.held)
                .as("seed %d, step %d, prefixes %s", seed, step, follower.prefixes)
                .isEqualTo(table(reader, follower.prefixes));
          }
        }
      }
      assertThat(followers.stream().mapToInt(f -> f.changes).sum()).as("changes").isPositive();
      assertThat(followers.stream().mapToInt(f -> f.resets).sum()).as("resets").isPositive();
    }
  }

  private void write(Writer writer, Random random, int step) throws SQLException {
    Connection connection = writer.connection();
    int what = random.nextInt(10);
    if (what < 6) {
      String key = (random.nextBoolean() ? "/a/" : "/b/") + random.nextInt(4);
      if (!writer.locked().contains(key) && !lockedByAny.add(key)) {
        return;
      }
      writer.locked().add(key);
      @Nullable Savepoint savepoint = random.nextInt(4) == 0 ? connection.setSavepoint() : null;
      if (random.nextInt(3) == 0) {
        Sql.del(connection, key);
      } else {
        Sql.set(connection, key, "v" + step);
      }
      if (savepoint != null && random.nextBoolean()) {
        connection.rollback(savepoint);
      }
      return;
    }
    if (what < 9) {
      connection.commit();
    } else {
      connection.rollback();
    }
    lockedByAny.removeAll(writer.locked());
    writer.locked().clear();
  }

  private static void compact(Connection connection, Random random) throws SQLException {
    Map<String, String> before = table(connection, List.of("/"));
    long highest = Sql.number(connection, "select coalesce(max(revision), 0) from config");
    switch (random.nextInt(3)) {
      case 0 -> Sql.number(connection, "select compact_to_latest('/a/')");
      case 1 -> Sql.number(connection, "select compact_before_revision(?)", highest - 10);
      default ->
          Sql.number(
              connection,
              "select compact_before_time((select create_time from config order by revision desc limit 1))");
    }
    assertThat(table(connection, List.of("/"))).isEqualTo(before);
  }

  private static Map<String, String> table(Connection connection, List<String> prefixes)
      throws SQLException {
    Map<String, String> table = new TreeMap<>();
    for (String prefix : prefixes) {
      for (String row :
          Sql.rows(
              connection,
              """
              select key, value from config c
              where starts_with(key, ?) and not tombstone
                and revision = (select max(revision) from config l where l.key = c.key)
              """,
              prefix)) {
        int bar = row.indexOf('|');
        table.put(row.substring(0, bar), row.substring(bar + 1));
      }
    }
    return table;
  }
}
