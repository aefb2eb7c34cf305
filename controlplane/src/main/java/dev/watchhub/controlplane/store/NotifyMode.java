package dev.watchhub.controlplane.store;

import java.util.Locale;
import java.util.Optional;

/** Who announces a row that is written from now on to the clients that LISTEN. */
public enum NotifyMode {
  /** The table's trigger, within the writing transaction. */
  TRIGGER,
  /** The hub, after the commit. */
  HUB,
  /** Nobody. */
  OFF;

  /** Its name in the database and on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode that is called {@code word}. */
  public static Optional<NotifyMode> ofWire(String word) {
    for (NotifyMode mode : values()) {
      if (mode.wire().equals(word)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
