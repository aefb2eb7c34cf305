package dev.watchhub.dataplane.proxy;

import dev.watchhub.http.Problem;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.http.HttpException;

/**
 * Why there was no answer from an upstream, in words.
 *
 * @param status 502, 503, 504 or 508
 * @param reason the end of a sentence that starts with the upstream
 */
record UpstreamFailure(int status, String reason) {
  /** What {@code failure} means, by its type. */
  static UpstreamFailure of(Throwable failure) {
    if (failure instanceof UnresponsiveException) {
      return new UpstreamFailure(504, String.valueOf(failure.getMessage()));
    }
    if (failure instanceof SocketTimeoutException) {
      return new UpstreamFailure(504, "did not take the connection in time");
    }
    if (failure instanceof TimeoutException) {
      return new UpstreamFailure(504, "was silent for too long");
    }
    if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
      return new UpstreamFailure(502, "refused the connection");
    }
    if (failure instanceof UnknownHostException || failure instanceof UnresolvedAddressException) {
      return new UpstreamFailure(502, "has a host name without an address");
    }
    if (failure instanceof SSLException) {
      return new UpstreamFailure(502, "failed in the TLS handshake");
    }
    if (failure instanceof HttpResponseException || failure instanceof HttpException) {
      return new UpstreamFailure(502, "answered with something else than HTTP");
    }
    if (failure instanceof RejectedExecutionException) {
      return new UpstreamFailure(503, "has too many requests waiting");
    }
    return failure instanceof IOException
        ? new UpstreamFailure(502, "closed the connection before its answer")
        : new UpstreamFailure(502, "could not be asked");
  }

  /** Whether the node was not reached, and so has not seen the request. */
  static boolean isUnconnected(Throwable failure) {
    return failure instanceof SocketTimeoutException
        || failure instanceof ConnectException
        || failure instanceof NoRouteToHostException
        || failure instanceof UnknownHostException
        || failure instanceof UnresolvedAddressException;
  }

  /** The answer to the client: names the route, not the address behind it. */
  Problem problem(String routeKey) {
    return new Problem(
        status, "the upstream of " + routeKey + " " + reason, Map.of("route", routeKey));
  }
}
