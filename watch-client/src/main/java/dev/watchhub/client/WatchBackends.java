package dev.watchhub.client;

import dev.watchhub.client.SwitchRefusedException.Reason;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What can be followed, each way.
 *
 * @param hub a hub's base URL; null when there is none
 * @param jdbcUrl of the database itself, as in {@link Watcher#ofDatabase}; null when there is none
 * @param schema the schema of the table {@code config}, an identifier
 * @param prefixes keys that start with any of them; not empty
 * @param node what the follower calls itself at the hub; null when it does not
 */
public record WatchBackends(
    @Nullable URI hub,
    @Nullable String jdbcUrl,
    String schema,
    List<String> prefixes,
    @Nullable String node) {
  public WatchBackends {
    prefixes = List.copyOf(prefixes);
  }

  /** For a follower without a name. */
  public WatchBackends(
      @Nullable URI hub, @Nullable String jdbcUrl, String schema, List<String> prefixes) {
    this(hub, jdbcUrl, schema, prefixes, null);
  }

  /** The same for a follower that calls itself {@code newNode}. */
  public WatchBackends named(String newNode) {
    return new WatchBackends(hub, jdbcUrl, schema, prefixes, newNode);
  }

  /** Each by its address; without the options of a JDBC URL, which may hold a password. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    if (hub != null) {
      names.add(hub.toString());
    }
    if (jdbcUrl != null) {
      names.add(jdbcUrl.replaceFirst("[?].*", "") + " schema " + schema);
    }
    return names;
  }

  /** Makes sure that there is something to follow in this mode. */
  void require(WatchMode mode) throws SwitchRefusedException {
    if (mode == WatchMode.REPLICATION ? hub == null : jdbcUrl == null) {
      throw new SwitchRefusedException(
          Reason.CONFLICT,
          mode == WatchMode.REPLICATION
              ? "watch mode replication needs a hub, and none is given: expected the option --hub"
              : "watch mode notify needs a database, and none is given: expected the option"
                  + " --jdbc-url");
    }
  }

  /**
   * A source that is not connected yet.
   *
   * @param joining whether it is to take over from another
   */
  Source source(WatchMode mode, boolean joining) throws SwitchRefusedException {
    require(mode);
    return mode == WatchMode.REPLICATION
        ? HubSource.of(Objects.requireNonNull(hub), prefixes, node, HubSource.SILENCE_LIMIT)
        : new NotifySource(
            Objects.requireNonNull(jdbcUrl), schema, prefixes, NotifySource.HINT_LIMIT, joining);
  }

  /** Where to say what was applied, while this mode is followed. */
  Ledger ledger(WatchMode mode) {
    return mode == WatchMode.REPLICATION
        ? new HubLedger(Objects.requireNonNull(hub))
        : new DatabaseLedger(Objects.requireNonNull(jdbcUrl), schema, prefixes);
  }
}
