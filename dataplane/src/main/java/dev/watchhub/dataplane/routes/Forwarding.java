package dev.watchhub.dataplane.routes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of a route are passed on.
 *
 * @param stripPrefix whether the path before the {@code /*} of the {@code uri} is taken off
 * @param hostHeader what the upstream gets as {@code Host}: {@link #KEEP}, {@link #UPSTREAM}, or
 *     the value itself
 * @param connectTimeout for each node, positive; null for the usual
 * @param responseTimeout how long the upstream may neither take more of a request nor begin to
 *     answer, positive; null for the usual
 */
public record Forwarding(
    boolean stripPrefix,
    String hostHeader,
    @Nullable Duration connectTimeout,
    @Nullable Duration responseTimeout) {
  /** {@link #hostHeader}: as the client sent it. */
  public static final String KEEP = "keep";

  /** {@link #hostHeader}: the host and port of the node that is asked. */
  public static final String UPSTREAM = "upstream";

  /** Nothing special. */
  static final Forwarding PLAIN = new Forwarding(false, KEEP, null, null);
}
