package dev.watchhub.bench.proxy;

/** What is changed while requests are made. */
enum Changed {
  /** Nothing. */
  NOTHING,

  /** Routes; one change in ten is of the route that is requested. */
  ROUTES,

  /** Keys that the data plane does not watch: what the writing itself takes of the machine. */
  OTHER_KEYS
}
