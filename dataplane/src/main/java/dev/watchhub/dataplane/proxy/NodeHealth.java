package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.UpstreamNode;
import dev.watchhub.lifecycle.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which nodes could not be connected to. Such a one is set aside, and tried again by one request
 * after 0.5 to 1 s, then after up to 30 s, until it takes a connection. Any thread.
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

  private final ConcurrentHashMap<String, Aside> byAddress = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;

  /** Knows nothing bad of anybody. */
  public NodeHealth(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Whether a request may be sent there.
   *
   * @param mayFail whether the request may go on to another node, and so try one whose time has
   *     come
   */
  boolean isEligible(UpstreamNode node, boolean mayFail) {
    if (byAddress.isEmpty()) {
      return true;
    }
    Aside aside = byAddress.get(node.address());
    return aside == null || (mayFail && nanoTime.getAsLong() - aside.until >= 0);
  }

  /**
   * Claims the right to send a request there.
   *
   * @return false if it is set aside, or somebody else has just gone to try it
   */
  boolean claim(UpstreamNode node) {
    Aside aside = byAddress.isEmpty() ? null : byAddress.get(node.address());
    if (aside == null) {
      return true;
    }
    long now = nanoTime.getAsLong();
    return now - aside.until >= 0
        && byAddress.replace(
            node.address(),
            aside,
            new Aside(aside.backoff, now + aside.backoff.delay().toNanos(), true));
  }

  /** It could not be connected to. */
  void failed(UpstreamNode node) {
    long now = nanoTime.getAsLong();
    byAddress.values().removeIf(aside -> now - aside.until > FORGET_NANOS); // gone from all routes
    byAddress.compute(
        node.address(),
        (address, aside) -> {
          if (aside != null && !aside.probed && now - aside.until < 0) {
            return aside; // of many requests that went there at once one counts
          }
          Backoff backoff = (aside == null ? RETRY : aside.backoff).next();
          return new Aside(backoff, now + backoff.delay().toNanos(), false);
        });
  }

  /** It has taken a connection. */
  void succeeded(UpstreamNode node) {
    if (!byAddress.isEmpty()) {
      byAddress.remove(node.address());
    }
  }

  /** The addresses that are set aside, in order. */
  public List<String> setAside() {
    return byAddress.keySet().stream().sorted().toList();
  }
}
