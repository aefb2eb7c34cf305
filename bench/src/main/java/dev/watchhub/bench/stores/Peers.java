package dev.watchhub.bench.stores;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of the peers.
 *
 * @param etcdUrl of an etcd that runs already; null to start one, if it is installed
 * @param listeners how many LISTEN in the arm of trigger NOTIFY, at least 1
 */
public record Peers(@Nullable String etcdUrl, int listeners) {
  /** An etcd of our own, and one listener. */
  public static Peers usual() {
    return new Peers(null, 1);
  }
}
