package dev.watchhub.controlplane.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Giving keys the values again that they had. Any thread; every call throws {@link StoreException}
 * when the database does not do it, {@link BrokenReferencesException} instead of leaving a
 * reference that does not hold. What fails by a deadlock or a serialization failure is begun anew,
 * three times at most.
 */
public final class RollbackStore {
  private static final PlacedStatement KEY = of("rollback_checked");
  private static final PlacedStatement PREFIX = of("rollback_prefix_checked");

  /** The errors of the schema's functions; their detail is the revision that would do. */
  private static final String NOT_GIVEN_OUT = "WH404";

  private static final String COMPACTED = "WH410";

  private final Sessions sessions;

  RollbackStore(Sessions sessions) {
    this.sessions = sessions;
  }

  private static PlacedStatement of(String function) {
    return PlacedStatement.ofMany(
        "SELECT key, from_revision, to_revision, revision, version, create_time FROM %s(?, ?, ?, ?, ?)"
            .formatted(function));
  }

  /**
   * Takes one key back to a revision.
   *
   * @param revision from 1
   * @param dryRun whether to tell only
   * @param author who does it; or null
   * @param note why; or null
   * @return the key, or nothing if it has the value that it had
   */
  public Past<Placed<List<RolledBack>>> key(
      String key, long revision, boolean dryRun, @Nullable String author, @Nullable String note) {
    return back(KEY, key, revision, dryRun, author, note);
  }

  /** Takes all keys that start with {@code prefix} back; those that change, by key. */
  public Past<Placed<List<RolledBack>>> prefix(
      String prefix,
      long revision,
      boolean dryRun,
      @Nullable String author,
      @Nullable String note) {
    return back(PREFIX, prefix, revision, dryRun, author, note);
  }

  private Past<Placed<List<RolledBack>>> back(
      PlacedStatement statement,
      String what,
      long revision,
      boolean dryRun,
      @Nullable String author,
      @Nullable String note) {
    try {
      return new Past.Known<>(
          Retries.of(
              () ->
                  sessions.call(
                      "going back to revision " + revision + " of " + what,
                      connection ->
                          statement.run(
                              connection,
                              arguments -> {
                                arguments.setString(1, what);
                                arguments.setLong(2, revision);
                                arguments.setBoolean(3, dryRun);
                                arguments.setString(4, author);
                                arguments.setString(5, note);
                              },
                              RollbackStore::rows))));
    } catch (StoreException e) {
      if (!(e.getCause() instanceof SQLException cause)) {
        throw e;
      }
      if (NOT_GIVEN_OUT.equals(cause.getSQLState())) {
        return new Past.Future<>(Long.parseLong(SqlErrors.detail(cause)));
      }
      if (COMPACTED.equals(cause.getSQLState())) {
        return new Past.Compacted<>(Long.parseLong(SqlErrors.detail(cause)));
      }
      throw e;
    }
  }

  private static List<RolledBack> rows(ResultSet row) throws SQLException {
    List<RolledBack> keys = new ArrayList<>();
    while (row.next()) {
      @Nullable Long revision = row.getObject("revision", Long.class);
      @Nullable Written written =
          revision == null
              ? null
              : new Written(revision, row.getLong("version"), row.getLong("create_time"), false);
      keys.add(
          new RolledBack(
              row.getString("key"),
              row.getObject("from_revision", Long.class),
              row.getObject("to_revision", Long.class),
              written));
    }
    return keys;
  }
}
