package dev.watchhub.client;

import dev.watchhub.client.SwitchRefusedException.Reason;
import java.net.URI;
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
  /** Whether there is something to follow in this mode. */
  public boolean has(WatchMode mode) {
    return mode == WatchMode.REPLICATION ? hub != null : jdbcUrl != null;
  }

  /**
   * A source that is not connected yet.
   *
   * @param joining whether it is to take over from another
   */
  Source source(WatchMode mode, boolean joining) throws SwitchRefusedException {
    if (mode == WatchMode.REPLICATION && hub != null) {
      return HubSource.of(hub, prefix, HubSource.SILENCE_LIMIT);
    }
    if (mode == WatchMode.NOTIFY && jdbcUrl != null) {
      return new NotifySource(jdbcUrl, schema, prefix, NotifySource.HINT_LIMIT, joining);
    }
    throw new SwitchRefusedException(
        Reason.CONFLICT,
        "watch mode " + mode.word() + " has nothing to follow: none was configured");
  }
}
