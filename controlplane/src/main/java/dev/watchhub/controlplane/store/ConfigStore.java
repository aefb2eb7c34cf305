package dev.watchhub.controlplane.store;

import dev.watchhub.controlplane.store.StoreException.Kind;
import dev.watchhub.protocol.Item;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration table.
 *
 * <p>Threading: any thread; a call blocks for the statement timeout and a few seconds at most.
 * Every call throws {@link StoreException} when the database does not do it.
 */
public final class ConfigStore implements AutoCloseable {
  private final Sessions sessions;
  private final StoreOptions options;

  private ConfigStore(Sessions sessions, StoreOptions options) {
    this.sessions = sessions;
    this.options = options;
  }

  /**
   * Opens the table.
   *
   * @throws StoreException if the database cannot be reached in time, refuses the login, or does
   *     not have the functions in its schema
   */
  public static ConfigStore open(StoreOptions options) {
    Sessions sessions = StartCheck.reach(options);
    return new ConfigStore(sessions, options);
  }

  /** Reads a key; empty if it is not there. */
  public Optional<Item> read(String key) {
    String sql =
        """
        SELECT key, value, revision, create_revision, version, create_time, author, note
        FROM read_at(?)
        """;
    return sessions.call(
        "reading " + key,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, key);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next() ? Optional.of(Rows.item(rows)) : Optional.empty();
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

  /** The table as it was; usable until this is closed. */
  public PastStore pastStore() {
    return new PastStore(sessions, options.statementTimeout());
  }

  /** What compacts it; usable until this is closed. */
  public CompactionStore compactionStore() {
    return new CompactionStore(sessions, options);
  }

  /** What nodes have told this database; usable until this is closed. */
  public NodeStore nodeStore() {
    return new NodeStore(sessions);
  }

  /** Writing to the table; usable until this is closed. */
  public WriteStore writeStore() {
    return new WriteStore(sessions);
  }

  /** Writing many keys at once; usable until this is closed. */
  public TxnStore txnStore() {
    return new TxnStore(sessions);
  }

  /** Going back; usable until this is closed. */
  public RollbackStore rollbackStore() {
    return new RollbackStore(sessions);
  }

  /** Closes every session. Idempotent. */
  @Override
  public void close() {
    sessions.close();
  }
}
