package dev.watchhub.bench.stores;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of the peers.
 *
 * @param etcdUrl of an etcd that runs already; null to start one, if it is installed
 * @param etcdConnections how many connections etcd's writers share, at least 1
 * @param listeners how many LISTEN in the arm of trigger NOTIFY, at least 1
 */
public record Peers(@Nullable String etcdUrl, int etcdConnections, int listeners) {
  /** An etcd of our own, reached by one connection, and one listener. */
  public static Peers usual() {
    return new Peers(null, 1, 1);
  }
}
