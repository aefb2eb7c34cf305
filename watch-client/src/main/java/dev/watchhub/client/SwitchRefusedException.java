package dev.watchhub.client;

import java.io.Serial;

/** The mode was not changed; the message says why, in a line. */
public final class SwitchRefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** Why it was not. */
  public enum Reason {
    /** Its backend is not there, or did not catch up in time. Trying again may help. */
    UNREACHABLE,
    /** It cannot be done, or something else was asked for meanwhile. */
    CONFLICT
  }

  private final Reason reason;

  /** The message is for a person, a line. */
  public SwitchRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why it was not. */
  public Reason reason() {
    return reason;
  }
}
