package dev.watchhub.bench.fanout;

import dev.watchhub.bench.subscribers.Mark;

/**
 * Gives each event its number, so that every subscriber sees them rise by one. Each publisher has
 * events of its own; a publisher is used by one thread at a time.
 */
final class Numbering {
  private static final int EVENT_LENGTH = 200;

  private final Layout layout;
  private final int subscribers;
  private final int publishers;
  private final int[] published; // by publisher
  private final int[] ownNumbers; // by subscriber

  Numbering(Layout layout, int subscribers, int publishers) {
    this.layout = layout;
    this.subscribers = subscribers;
    this.publishers = publishers;
    this.published = new int[publishers];
    this.ownNumbers = new int[subscribers];
  }

  /**
   * Publishes the next event of a publisher.
   *
   * @param number of the publisher, from 0
   * @param sentNanos when it is, or should have been, sent
   */
  void publish(Publisher publisher, int number, long sentNanos) {
    int before = published[number]++;
    if (layout == Layout.SHARED) {
      publisher.publish(layout, number, Mark.value(number, before, sentNanos, EVENT_LENGTH));
      return;
    }
    int shares = (subscribers - number + publishers - 1) / publishers;
    int subscriber = number + before % shares * publishers;
    int ownNumber = ownNumbers[subscriber]++;
    publisher.publish(layout, subscriber, Mark.value(0, ownNumber, sentNanos, EVENT_LENGTH));
  }
}
