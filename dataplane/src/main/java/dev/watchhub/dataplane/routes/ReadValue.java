package dev.watchhub.dataplane.routes;

/** What a parser made of a row. */
sealed interface ReadValue<T> {
  /** The value is one. */
  record Good<T>(T value) implements ReadValue<T> {}

  /** The value is none. */
  record Bad<T>(RefusedValue refused) implements ReadValue<T> {}
}
