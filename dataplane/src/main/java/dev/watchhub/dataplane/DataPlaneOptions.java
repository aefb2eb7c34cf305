package dev.watchhub.dataplane;

import dev.watchhub.client.WatchMode;
import dev.watchhub.http.ListenAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a data plane runs.
 *
 * @param listen where it proxies
 * @param adminListen where it tells about itself
 * @param upstreamTimeout how long an upstream may neither take more of a request nor begin to
 *     answer it, positive; an answer that has begun may take as long as it likes
 * @param node what it calls itself
 * @param version of its program
 * @param routeFile where it keeps the routes that it knows; null for nowhere
 * @param accessLog where it writes a line for each request; {@code -} for standard output, null for
 *     nowhere
 */
public record DataPlaneOptions(
    ListenAddress listen,
    ListenAddress adminListen,
    WatchMode watchMode,
    Duration upstreamTimeout,
    String node,
    String version,
    @Nullable Path routeFile,
    @Nullable Path accessLog) {
  /** The limit for an upstream's answer when nothing else is said. */
  public static final Duration DEFAULT_UPSTREAM_TIMEOUT = Duration.ofSeconds(60);

  public DataPlaneOptions {
    if (upstreamTimeout.isZero() || upstreamTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "the upstream timeout is " + upstreamTimeout + ": expected more than 0");
    }
  }

  /** One that keeps and logs nothing. */
  public static DataPlaneOptions of(
      ListenAddress listen, ListenAddress adminListen, WatchMode watchMode) {
    return new DataPlaneOptions(
        listen,
        adminListen,
        watchMode,
        DEFAULT_UPSTREAM_TIMEOUT,
        "dataplane",
        "unknown",
        null,
        null);
  }

  /** The same with another limit for an upstream's answer. */
  public DataPlaneOptions withUpstreamTimeout(Duration other) {
    return new DataPlaneOptions(
        listen, adminListen, watchMode, other, node, version, routeFile, accessLog);
  }

  /** The same under another name. */
  public DataPlaneOptions withNode(String otherNode, String otherVersion) {
    return new DataPlaneOptions(
        listen,
        adminListen,
        watchMode,
        upstreamTimeout,
        otherNode,
        otherVersion,
        routeFile,
        accessLog);
  }

  /** The same with files; null for none. */
  public DataPlaneOptions withFiles(@Nullable Path otherRouteFile, @Nullable Path otherAccessLog) {
    return new DataPlaneOptions(
        listen,
        adminListen,
        watchMode,
        upstreamTimeout,
        node,
        version,
        otherRouteFile,
        otherAccessLog);
  }
}
