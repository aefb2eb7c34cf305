package dev.watchhub.bench.admin;

import dev.watchhub.bench.harness.Case;

/** Reads of a key with a long past, one after the other. */
enum ReadCase implements Case {
  HISTORY_NEWEST("a long past: the newest 50 of the history") {
    @Override
    String path(LongPast past, double place) {
      return "/history" + LongPast.KEY + "?limit=50";
    }
  },
  HISTORY_ANYWHERE("a long past: 50 of the history, from anywhere") {
    @Override
    String path(LongPast past, double place) {
      return "/history" + LongPast.KEY + "?limit=50&before=" + past.at(0.01 + 0.99 * place);
    }
  },
  AS_OF("a long past: as of any revision") {
    @Override
    String path(LongPast past, double place) {
      return "/kv" + LongPast.KEY + "?rev=" + past.at(place);
    }
  };

  private final String label;

  ReadCase(String label) {
    this.label = label;
  }

  /**
   * What is asked for.
   *
   * @param place in the past, drawn from 0 to 1
   */
  abstract String path(LongPast past, double place);

  @Override
  public String label() {
    return label;
  }
}
