package dev.watchhub.controlplane.store;

import dev.watchhub.protocol.Item;
import java.sql.Connection;
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
 * Reads keys as they were. Any thread; every call throws {@link StoreException} when the database
 * does not do it.
 */
public final class PastStore {
  /** Rows that are fetched at once; each may have a value of the greatest length. */
  private static final int FETCH_COUNT = 32;

  private final Sessions sessions;
  private final Duration statementTimeout;

  PastStore(Sessions sessions, Duration statementTimeout) {
    this.sessions = sessions;
    this.statementTimeout = statementTimeout;
  }

  /**
   * Reads a key as of a revision, for good: who may still write at or below it is waited for.
   *
   * @return empty if the key was not there
   */
  public Past<Optional<Item>> read(String key, long asOf) {
    String sql =
        """
        SELECT newest, oldest, key, value, revision, create_revision, version, create_time, author,
          note
        FROM read_as_of(?, ?)
        """;
    return sessions.call(
        "reading " + key,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, key);
            statement.setLong(2, asOf);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              Long newest = row.getObject("newest", Long.class);
              Long oldest = row.getObject("oldest", Long.class);
              if (newest != null) {
                return new Past.Future<>(newest);
              }
              return oldest != null
                  ? new Past.Compacted<>(oldest)
                  : new Past.Known<>(
                      row.getString("key") == null
                          ? Optional.empty()
                          : Optional.of(Rows.item(row)));
            }
          }
        });
  }

  /** Reads a page of a list. */
  public Past<Page> list(Listing wanted) {
    return sessions.transact(
        "listing " + wanted.prefix(), statementTimeout, connection -> list(connection, wanted));
  }

  private static Past<Page> list(Connection connection, Listing wanted) throws SQLException {
    // The sequence is read after the snapshot: what is seen is not above its number.
    String view =
        """
        SELECT newest_revision() AS newest, place, token_snapshot_at(place, token)::text AS seen
        FROM token_place() place, coalesce(?, place || pg_current_snapshot()) token
        """;
    long newest;
    String place;
    String seen;
    try (PreparedStatement statement = connection.prepareStatement(view)) {
      statement.setString(1, wanted.at());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        newest = row.getLong("newest");
        place = row.getString("place");
        seen = row.getString("seen");
      }
    }
    Long asOf = wanted.asOf();
    if (asOf != null && asOf > newest) {
      return new Past.Future<>(newest);
    }
    if (seen == null) {
      return new Past.Torn<>();
    }
    Page page = page(connection, wanted, seen, asOf == null ? newest : asOf, place + seen);
    // Asked after the rows were read: nothing that is removed later is missing from them.
    Long oldest = asOf == null ? null : oldest(connection, wanted.prefix(), asOf);
    if (oldest != null) {
      return new Past.Compacted<>(oldest);
    }
    return compacted(connection, wanted.prefix(), seen)
        ? new Past.Torn<>()
        : new Past.Known<>(page);
  }

  private static Page page(
      Connection connection, Listing wanted, String seen, long revision, String at)
      throws SQLException {
    String sql =
        """
        SELECT key, value, revision, create_revision, version, create_time, author, note
        FROM list_seen(?, ?, ?, ?, ?::pg_snapshot)
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCH_COUNT); // or the driver takes all rows before the first
      statement.setString(1, wanted.prefix());
      statement.setObject(2, wanted.asOf(), Types.BIGINT);
      statement.setString(3, wanted.after());
      statement.setLong(4, wanted.maxItems() + 1L); // one more shows whether there are more
      statement.setString(5, seen);
      List<Item> items = new ArrayList<>();
      long chars = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          if (items.size() == wanted.maxItems()) {
            return new Page(items, Page.End.LIMIT, revision, at);
          }
          Item item = Rows.item(rows);
          chars += item.key().length() + (item.value() == null ? 0 : item.value().length());
          if (chars > wanted.maxChars()) {
            return new Page(items, Page.End.SIZE, revision, at);
          }
          items.add(item);
        }
      }
      return new Page(items, Page.End.COMPLETE, revision, at);
    }
  }

  private static @Nullable Long oldest(Connection connection, String prefix, long asOf)
      throws SQLException {
    String sql = "SELECT oldest_readable_under(?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, prefix);
      statement.setLong(2, asOf);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getObject(1, Long.class);
      }
    }
  }

  private static boolean compacted(Connection connection, String prefix, String seen)
      throws SQLException {
    String sql = "SELECT seen_compacted(?, ?::pg_snapshot)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, prefix);
      statement.setString(2, seen);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /**
   * Reads rows of a key, the newest first.
   *
   * @param before only rows below this revision; null for all
   * @param maxRows most rows on the page
   * @param withValues whether to read the values
   * @param maxChars most characters of values on the page; one row is read whatever its length
   */
  public History history(
      String key, @Nullable Long before, int maxRows, boolean withValues, long maxChars) {
    String sql =
        """
        SELECT revision, tombstone, create_time, author, note, bytes, version, create_revision,
          compacted, value
        FROM history(?, ?, ?, ?)
        """;
    return sessions.transact(
        "reading the history of " + key,
        statementTimeout,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(withValues ? FETCH_COUNT : maxRows + 1);
            statement.setString(1, key);
            statement.setObject(2, before, Types.BIGINT);
            statement.setLong(3, maxRows + 1L);
            statement.setBoolean(4, withValues);
            try (ResultSet rows = statement.executeQuery()) {
              return history(rows, maxRows, maxChars);
            }
          }
        });
  }

  private static History history(ResultSet rows, int maxRows, long maxChars) throws SQLException {
    List<Revision> revisions = new ArrayList<>();
    long chars = 0;
    boolean compacted = false;
    while (rows.next()) {
      Revision revision = Rows.revision(rows);
      chars += revision.value() == null ? 0 : revision.value().length();
      if (revisions.size() == maxRows || (chars > maxChars && !revisions.isEmpty())) {
        return new History(revisions, true, false);
      }
      revisions.add(revision);
      compacted = rows.getBoolean("compacted");
    }
    return new History(revisions, false, compacted);
  }
}
