package dev.watchhub.controlplane.store;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The database did not do what it was asked; the message says what and why, in a line. */
public final class StoreException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What a caller can do about it. */
  public enum Kind {
    /** There was no connection to be had; nothing was written. Try again. */
    UNAVAILABLE,
    /** The connection broke while a statement ran: a write may have happened or not. */
    BROKEN,
    /**
     * Another transaction was in the way for too long, or other callers were; nothing was written.
     * Try again.
     */
    BUSY,
    /** The database refused the values themselves. */
    REJECTED,
    /** The database is set up wrongly, or has an error: a person must look. */
    FAILED
  }

  private final Kind kind;

  StoreException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What a caller can do about it. */
  public Kind kind() {
    return kind;
  }
}
