package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import dev.watchhub.protocol.Item;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration table.
 *
 * <p>Threading: any thread; a call blocks for the statement timeout and a few seconds at most, a
 * compaction for a minute and as much. Every call throws {@link StoreException} when the database
 * does not do it.
 */
public final class ConfigStore implements AutoCloseable {
  private static final Duration COMPACTION_TIMEOUT = Duration.ofMinutes(1);

  /** Rows that are fetched at once; each may have a value of the greatest length. */
  private static final int FETCH_COUNT = 32;

  private final Sessions sessions;
  private final Duration statementTimeout;

  private ConfigStore(Sessions sessions, Duration statementTimeout) {
    this.sessions = sessions;
    this.statementTimeout = statementTimeout;
  }

  /**
   * Opens the table.
   *
   * @throws StoreException if the database cannot be reached in time, refuses the login, or does
   *     not have the functions in its schema
   */
  public static ConfigStore open(StoreOptions options) {
    Sessions sessions = StartCheck.reach(options);
    return new ConfigStore(sessions, options.statementTimeout());
  }

  /**
   * Writes a value.
   *
   * @param author who writes it; or null
   * @param note why; or null
   */
  public Written put(String key, String value, @Nullable String author, @Nullable String note) {
    String sql = "SELECT revision, version, create_time FROM put(?, ?, ?, ?)";
    return sessions.call(
        "writing " + key,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, key, value, author, note);
            return written(statement)
                .orElseThrow(
                    () -> new StoreException(Kind.FAILED, "put returned no row: " + key, null));
          }
        });
  }

  /** Writes a tombstone; empty if there was nothing to delete. */
  public Optional<Written> remove(String key, @Nullable String author, @Nullable String note) {
    String sql = "SELECT revision, version, create_time FROM remove(?, ?, ?)";
    return sessions.call(
        "deleting " + key,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, key, author, note);
            return written(statement);
          }
        });
  }

  /**
   * Reads a key; empty if it was not there.
   *
   * @param asOf the revision up to which rows count; null for all
   */
  public Optional<Item> read(String key, @Nullable Long asOf) {
    String sql =
        """
        SELECT key, value, revision, create_revision, version, create_time, author, note
        FROM read_at(?, ?)
        """;
    return sessions.call(
        "reading " + key,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, key);
            statement.setObject(2, asOf, Types.BIGINT);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next() ? Optional.of(item(rows)) : Optional.empty();
            }
          }
        });
  }

  /**
   * Reads the live keys that start with {@code prefix}, in the order of their bytes.
   *
   * @param asOf the revision up to which rows count; null for all
   * @param after the key after which to begin; null for the first
   * @param maxItems most items on the page
   * @param maxChars most characters on the page, in keys and values together
   */
  public Page list(
      String prefix, @Nullable Long asOf, @Nullable String after, int maxItems, long maxChars) {
    String sql =
        """
        SELECT key, value, revision, create_revision, version, create_time, author, note
        FROM list_at(?, ?, ?, ?)
        """;
    return sessions.transact(
        "listing " + prefix,
        statementTimeout,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_COUNT); // or the driver takes all rows before the first
            statement.setString(1, prefix);
            statement.setObject(2, asOf, Types.BIGINT);
            statement.setString(3, after);
            statement.setLong(4, maxItems + 1L); // one more shows whether there are more
            try (ResultSet rows = statement.executeQuery()) {
              return page(rows, maxItems, maxChars);
            }
          }
        });
  }

  private static Page page(ResultSet rows, int maxItems, long maxChars) throws SQLException {
    List<Item> items = new ArrayList<>();
    long chars = 0;
    while (rows.next()) {
      if (items.size() == maxItems) {
        return new Page(items, Page.End.LIMIT);
      }
      Item item = item(rows);
      chars += item.key().length() + (item.value() == null ? 0 : item.value().length());
      if (chars > maxChars) {
        return new Page(items, Page.End.SIZE);
      }
      items.add(item);
    }
    return new Page(items, Page.End.COMPLETE);
  }

  /**
   * Whether compaction removed rows that counted as of a revision, so that {@code key} may have
   * been there although it was not found. Ask after the read, not before.
   */
  public boolean compacted(String key, long asOf) {
    return compacted("later.key = ?", key, asOf);
  }

  /** The same for the keys that start with {@code prefix}. */
  public boolean compactedUnder(String prefix, long asOf) {
    return compacted("later.key ^@ ?", prefix, asOf);
  }

  private boolean compacted(String which, String bound, long asOf) {
    String sql =
        """
        SELECT compacted_revision > ? OR EXISTS (
          SELECT FROM config later
          WHERE %s AND later.revision > ? AND later.prev_revision BETWEEN 1 AND ?
            AND NOT EXISTS (
              SELECT FROM config earlier
              WHERE earlier.key = later.key AND earlier.revision = later.prev_revision))
        FROM config_settings
        """
            .formatted(which);
    return sessions.call(
        "looking for what was compacted",
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, asOf);
            statement.setString(2, bound);
            statement.setLong(3, asOf);
            statement.setLong(4, asOf);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next() && rows.getBoolean(1);
            }
          }
        });
  }

  /** Who announces the rows that are written now. */
  public NotifyMode notifyMode() {
    return notifyMode("reading the notify mode", null);
  }

  /** Sets who announces the rows that are written from now on. */
  public NotifyMode notifyMode(NotifyMode mode) {
    return notifyMode("setting the notify mode", mode);
  }

  private NotifyMode notifyMode(String doing, @Nullable NotifyMode mode) {
    return sessions.call(
        doing,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement("SELECT notify_mode(?)")) {
            statement.setString(1, mode == null ? null : mode.wire());
            try (ResultSet rows = statement.executeQuery()) {
              String word = rows.next() ? rows.getString(1) : null;
              return Optional.ofNullable(word)
                  .flatMap(NotifyMode::ofWire)
                  .orElseThrow(
                      () -> new StoreException(Kind.FAILED, "unknown notify mode " + word, null));
            }
          }
        });
  }

  /** Removes superseded rows whose revision is below {@code revision}; returns how many. */
  public long compactBeforeRevision(long revision) {
    return compact("SELECT compact_before_revision(?)", revision);
  }

  /** Removes superseded rows written before a time, in ms since the epoch; returns how many. */
  public long compactBeforeTime(long epochMillis) {
    return compact("SELECT compact_before_time(?)", epochMillis);
  }

  /** Removes all but the latest row of each live key; returns how many. */
  public long compactToLatest() {
    return compact("SELECT compact_to_latest(?)", "/");
  }

  private long compact(String sql, Object bound) {
    return sessions.transact(
        "compacting",
        COMPACTION_TIMEOUT,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, bound);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next() ? rows.getLong(1) : 0;
            }
          }
        });
  }

  /** What nodes have told this database; usable until this is closed. */
  public NodeStore nodeStore() {
    return new NodeStore(sessions);
  }

  private static void bind(PreparedStatement statement, @Nullable String... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setString(i + 1, values[i]);
    }
  }

  private static Optional<Written> written(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next()
          ? Optional.of(
              new Written(
                  rows.getLong("revision"), rows.getLong("version"), rows.getLong("create_time")))
          : Optional.empty();
    }
  }

  private static Item item(ResultSet row) throws SQLException {
    return new Item(
        row.getString("key"),
        row.getString("value"),
        row.getLong("revision"),
        row.getLong("create_revision"),
        row.getLong("version"),
        row.getLong("create_time"),
        row.getString("author"),
        row.getString("note"));
  }

  /** Closes every session. Idempotent. */
  @Override
  public void close() {
    sessions.close();
  }
}
