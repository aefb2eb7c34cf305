package dev.watchhub.client;

import java.util.Locale;
import java.util.Optional;

/** How the configuration is followed. */
public enum WatchMode {
  /** Through a hub, which reads the write-ahead log. */
  REPLICATION,
  /** Through the database's LISTEN. */
  NOTIFY;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The word for it on a command line and in JSON. */
  public String word() {
    return word;
  }

  /** The mode of this {@link #word}; empty for any other. */
  public static Optional<WatchMode> of(String word) {
    for (WatchMode mode : values()) {
      if (mode.word.equals(word)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
