package dev.watchhub.cli.client;

import java.io.Serial;

/** A command did not do what it was asked; the message says why, in one line. */
public final class ClientException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private static final int REFUSED = 1;
  private static final int USAGE = 2;
  private static final int NO_ANSWER = 3;

  private final int exitCode;

  private ClientException(int exitCode, String message) {
    super(Shown.inOneLine(message));
    this.exitCode = exitCode;
  }

  /** The server has understood and says no: it is not there, or a condition does not hold. */
  static ClientException refused(String message) {
    return new ClientException(REFUSED, message);
  }

  /** The command line is wrong; nothing was sent. */
  static ClientException usage(String message) {
    return new ClientException(USAGE, message);
  }

  /** Nobody answers who could, so what was asked may be done or not. */
  static ClientException noAnswer(String message) {
    return new ClientException(NO_ANSWER, message);
  }

  /** What the process ends with. */
  public int exitCode() {
    return exitCode;
  }
}
