package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.KeyOutcome.What;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writing many keys in one commit. Any thread; every call throws {@link StoreException} when the
 * database does not do it. What fails by a deadlock or a serialization failure is begun anew, three
 * times at most.
 */
public final class TxnStore {
  private static final PlacedStatement TXN = of("txn");
  private static final PlacedStatement CHECKED = of("txn_checked");

  private final Sessions sessions;
  private final PlacedStatement txn;

  private TxnStore(Sessions sessions, PlacedStatement txn) {
    this.sessions = sessions;
    this.txn = txn;
  }

  TxnStore(Sessions sessions) {
    this(sessions, TXN);
  }

  private static PlacedStatement of(String function) {
    return PlacedStatement.ofMany(
        "SELECT succeeded, op, key, outcome, revision, version, create_time FROM %s(?::jsonb, ?, ?)"
            .formatted(function));
  }

  /**
   * One whose transactions throw {@link BrokenReferencesException} instead of leaving a reference
   * that does not hold.
   */
  public TxnStore checkingReferences() {
    return new TxnStore(sessions, CHECKED);
  }

  /**
   * Compares, and then writes one of two lists of keys, or nothing at all.
   *
   * @param request JSON as the function {@code txn} of the schema takes it
   * @param author who writes; or null
   * @param note why; or null
   */
  public Placed<TxnOutcome> txn(String request, @Nullable String author, @Nullable String note) {
    return Retries.of(
        () ->
            sessions.call(
                "writing in one transaction",
                connection ->
                    txn.run(
                        connection,
                        statement -> {
                          statement.setString(1, request);
                          statement.setString(2, author);
                          statement.setString(3, note);
                        },
                        TxnStore::outcome)));
  }

  private static TxnOutcome outcome(ResultSet row) throws SQLException {
    boolean succeeded = true;
    List<KeyOutcome> failed = new ArrayList<>();
    List<KeyOutcome> written = new ArrayList<>();
    while (row.next()) {
      succeeded = row.getBoolean("succeeded");
      @Nullable String key = row.getString("key");
      if (key != null) {
        What what = What.valueOf(row.getString("op").toUpperCase(Locale.ROOT));
        (what == What.COMPARE ? failed : written)
            .add(new KeyOutcome(what, key, WriteStore.outcomeOfRow(row)));
      }
    }
    return new TxnOutcome(succeeded, failed, written);
  }
}
