package dev.watchhub.dataplane.proxy;

import dev.watchhub.lifecycle.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which nodes could not be connected to. Such a one is set aside, and tried again after 0.5 to 1 s,
 * then after up to 30 s, until it takes a connection: by one request that may go on to another
 * node, or without one. Nodes go by {@link Hop#name}. Any thread.
 */
public final class NodeHealth {
  private static final Backoff RETRY =
      Backoff.between(Duration.ofSeconds(1), Duration.ofSeconds(30));
  private static final long FORGET_NANOS = Duration.ofMinutes(10).toNanos();

  /**
   * One that is set aside.
   *
   * @param until not to be tried before, in nanoseconds of the clock
   * @param probed whether somebody tries it
   */
  private record Aside(Backoff backoff, long until, boolean probed) {}

  private final ConcurrentHashMap<String, Aside> byNode = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  /** Knows nothing bad of anybody. */
  public NodeHealth(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether nobody is set aside, as almost always: then there is no need for names. */
  boolean isAllWell() {
    return byNode.isEmpty();
  }

  /**
   * Whether a request may be sent there.
   *
   * @param mayFail whether the request may go on to another node, and so try one whose time has
   *     come
   */
  boolean isEligible(String node, boolean mayFail) {
    Aside aside = byNode.get(node);
    return aside == null || (mayFail && nanoTime.getAsLong() - aside.until >= 0);
  }

  /** Whether it is set aside, and the time has come to try it. */
  boolean isDue(String node) {
    Aside aside = byNode.get(node);
    return aside != null && nanoTime.getAsLong() - aside.until >= 0;
  }

  /**
   * Claims the right to send a request there.
   *
   * @return false if it is set aside, or somebody else has just gone to try it
   */
  boolean claim(String node) {
    Aside aside = byNode.get(node);
    if (aside == null) {
      return true;
    }
    long now = nanoTime.getAsLong();
    return now - aside.until >= 0
        && byNode.replace(
            node, aside, new Aside(aside.backoff, now + aside.backoff.delay().toNanos(), true));
  }

  /** It could not be connected to. */
  void failed(String node) {
    forget();
    long now = nanoTime.getAsLong();
    byNode.compute(
        node,
        (name, aside) -> {
          if (aside != null && !aside.probed && now - aside.until < 0) {
            return aside; // of many requests that went there at once one counts
          }
          Backoff backoff = (aside == null ? RETRY : aside.backoff).next();
          return new Aside(backoff, now + backoff.delay().toNanos(), false);
        });
  }

  /** It has taken a connection. */
  void succeeded(String node) {
    byNode.remove(node);
  }

  /** Those that nobody has asked for long: gone from all routes. */
  private void forget() {
    long now = nanoTime.getAsLong();
    byNode.values().removeIf(aside -> now - aside.until > FORGET_NANOS);
  }

  /** Those that are set aside, in order. */
  public List<String> setAside() {
    forget();
    return byNode.keySet().stream().sorted().toList();
  }
}
