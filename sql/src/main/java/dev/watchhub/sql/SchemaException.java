package dev.watchhub.sql;

/** The schema could not be installed; nothing of it was. The message is one line for the user. */
public final class SchemaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SchemaException(String message) {
    super(message);
  }

  SchemaException(String message, Throwable cause) {
    super(message, cause);
  }
}
