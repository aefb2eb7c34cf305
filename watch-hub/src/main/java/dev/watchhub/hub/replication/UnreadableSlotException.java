package dev.watchhub.hub.replication;

import java.io.Serial;

/**
 * What the slot holds cannot be read, however often it is tried: the server decodes by the catalog
 * of the time, so a publication that was wrong when a row was written stays wrong for that row.
 */
final class UnreadableSlotException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  UnreadableSlotException(String message, Throwable cause) {
    super(message, cause);
  }

  UnreadableSlotException(String message) {
    super(message);
  }
}
