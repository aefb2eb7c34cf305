package dev.watchhub.client;

import dev.watchhub.client.SwitchRefusedException.Reason;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What can be followed, each way.
 *
 * @param hub a hub's base URL; null when there is none
 * @param jdbcUrl of the database itself, as in {@link Watcher#ofDatabase}; null when there is none
 * @param schema the schema of the table {@code config}, an identifier
 * @param prefix keys that start with it
 */
public record WatchBackends(
    @Nullable URI hub, @Nullable String jdbcUrl, String schema, String prefix) {
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
        ? HubSource.of(Objects.requireNonNull(hub), prefix, HubSource.SILENCE_LIMIT)
        : new NotifySource(
            Objects.requireNonNull(jdbcUrl), schema, prefix, NotifySource.HINT_LIMIT, joining);
  }
}
