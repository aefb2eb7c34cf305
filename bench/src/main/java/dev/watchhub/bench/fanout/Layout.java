package dev.watchhub.bench.fanout;

/** Who watches what. */
enum Layout {
  /** All watch the same: an event goes to everybody. */
  SHARED("one prefix"),
  /** Each watches a prefix of its own: an event goes to one. */
  EACH("a prefix each");

  private final String words;

  Layout(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** Deliveries that an event comes to. */
  int deliveries(int subscribers) {
    return this == SHARED ? subscribers : 1;
  }
}
