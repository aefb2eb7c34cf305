package dev.watchhub.dataplane;

import dev.watchhub.client.WatchMode;
import dev.watchhub.http.ListenAddress;
import java.time.Duration;

/**
 * How a data plane runs.
 *
 * @param listen where it proxies
 * @param adminListen where it tells about itself
 * @param upstreamTimeout how long an upstream may neither take more of a request nor begin to
 *     answer it, positive; an answer that has begun may take as long as it likes
 */
public record DataPlaneOptions(
    ListenAddress listen,
    ListenAddress adminListen,
    WatchMode watchMode,
    Duration upstreamTimeout) {
  /** The limit for an upstream's answer when nothing else is said. */
  public static final Duration DEFAULT_UPSTREAM_TIMEOUT = Duration.ofSeconds(60);

  public DataPlaneOptions {
    if (upstreamTimeout.isZero() || upstreamTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "the upstream timeout is " + upstreamTimeout + ": expected more than 0");
    }
  }
}
