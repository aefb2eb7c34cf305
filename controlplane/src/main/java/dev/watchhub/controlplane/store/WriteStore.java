package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/**
 * Writing to the configuration table. Any thread; every call throws {@link StoreException} when the
 * database does not do it.
 */
public final class WriteStore {
  private static final PlacedStatement PUT =
      PlacedStatement.of(
          "SELECT outcome, revision, version, create_time FROM put_if(?, ?, ?, ?, ?)");
  private static final PlacedStatement REMOVE =
      PlacedStatement.of(
          "SELECT outcome, revision, version, create_time FROM remove_if(?, ?, ?, ?)");
  private static final PlacedStatement CHECKED_PUT =
      PlacedStatement.of(
          "SELECT outcome, revision, version, create_time FROM put_if_checked(?, ?, ?, ?, ?)");

  /** Reads all routes. */
  private static final PlacedStatement CHECKED_REMOVE =
      PlacedStatement.ofMany(
          "SELECT outcome, revision, version, create_time FROM remove_if_checked(?, ?, ?, ?)");

  private final Sessions sessions;
  private final PlacedStatement put;
  private final PlacedStatement remove;

  private WriteStore(Sessions sessions, PlacedStatement put, PlacedStatement remove) {
    this.sessions = sessions;
    this.put = put;
    this.remove = remove;
  }

  WriteStore(Sessions sessions) {
    this(sessions, PUT, REMOVE);
  }

  /**
   * One whose writes throw {@link BrokenReferencesException} instead of leaving a reference that
   * does not hold.
   */
  public WriteStore checkingReferences() {
    return new WriteStore(sessions, CHECKED_PUT, CHECKED_REMOVE);
  }

  /** One that says what a write would give, and writes nothing; it takes revisions all the same. */
  public WriteStore rehearsing() {
    return new WriteStore(sessions, put.rehearsed(), remove.rehearsed());
  }

  /**
   * Writes a value, unless the key has it already.
   *
   * @param author who writes it; or null
   * @param note why; or null
   * @return what was written or was there, or that the condition did not hold
   */
  public Placed<WriteOutcome> put(
      String key,
      String value,
      Condition condition,
      @Nullable String author,
      @Nullable String note) {
    return sessions.call(
        "writing " + key,
        connection ->
            put.run(
                connection,
                statement -> {
                  statement.setString(1, key);
                  statement.setString(2, value);
                  statement.setObject(3, condition.expected(), Types.BIGINT);
                  statement.setString(4, author);
                  statement.setString(5, note);
                },
                WriteStore::outcome));
  }

  /** Writes a tombstone; the same, or that there was nothing to delete. */
  public Placed<WriteOutcome> remove(
      String key, Condition condition, @Nullable String author, @Nullable String note) {
    return sessions.call(
        "deleting " + key,
        connection ->
            remove.run(
                connection,
                statement -> {
                  statement.setString(1, key);
                  statement.setObject(2, condition.expected(), Types.BIGINT);
                  statement.setString(3, author);
                  statement.setString(4, note);
                },
                WriteStore::outcome));
  }

  private static WriteOutcome outcome(ResultSet rows) throws SQLException {
    if (!rows.next()) {
      throw new StoreException(Kind.FAILED, "a write returned no row", null);
    }
    return outcomeOfRow(rows);
  }

  /** What the columns {@code outcome, revision, version, create_time} of this row say. */
  static WriteOutcome outcomeOfRow(ResultSet row) throws SQLException {
    String outcome = row.getString("outcome");
    return switch (outcome) {
      case "written", "unchanged" ->
          new Written(
              row.getLong("revision"),
              row.getLong("version"),
              row.getLong("create_time"),
              outcome.equals("unchanged"));
      case "refused" -> new WriteOutcome.Refused(row.getObject("revision", Long.class));
      case "absent" -> new WriteOutcome.Absent();
      default -> throw new StoreException(Kind.FAILED, "unknown outcome " + outcome, null);
    };
  }
}
