package dev.watchhub.postgres;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where an embedded server keeps its data, where it listens, how it is configured.
 *
 * @param dataDir created when missing; holds the cluster in {@code postgres}, the server's log and
 *     the lock
 * @param port TCP port on 127.0.0.1, 0 for any free one
 * @param settings server settings by name, over the defaults; no unit is added
 */
public record PostgresOptions(Path dataDir, int port, Map<String, String> settings) {
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("listen_addresses", "127.0.0.1"),
          Map.entry("unix_socket_directories", ""),
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("wal_level", "logical"),
          Map.entry("max_connections", "200"),
          Map.entry("max_wal_senders", "20"),
          Map.entry("max_replication_slots", "20"),
          Map.entry("log_checkpoints", "off"),
          Map.entry("lc_messages", "C"));

  public PostgresOptions {
    if (port < 0 || port > 65535) {
      throw new PostgresException("port " + port + " is not between 0 and 65535");
    }
    settings = Map.copyOf(settings);
    for (String name : settings.keySet()) {
      if (!name.matches("[a-z_][a-z0-9_.]*")) {
        throw new PostgresException("'" + name + "' is not the name of a server setting");
      }
    }
    dataDir = dataDir.toAbsolutePath().normalize();
  }

  /** The default settings on {@code port}. */
  public static PostgresOptions of(Path dataDir, int port) {
    return new PostgresOptions(dataDir, port, Map.of());
  }

  /** All that the server is told: these settings over the defaults, and the port that it got. */
  Map<String, String> effectiveSettings(int actualPort) {
    Map<String, String> all = new HashMap<>(DEFAULTS);
    all.putAll(settings);
    all.put("port", Integer.toString(actualPort));
    return all;
  }
}
