package dev.watchhub.dataplane.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.dataplane.routes.RoutablePath;
import dev.watchhub.dataplane.routes.Route;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemErrorHandler;
import dev.watchhub.http.ProblemException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Finds the {@link Hop} of each request, or says why there is none: 404 {@code no route}, 400 for a
 * path that could be taken for another, 501 for WebSocket and CONNECT, 503 before the first
 * snapshot of the configuration.
 *
 * <p>Threading: requests come on any thread; each asks for the routes once.
 */
public final class RoutingHandler extends Handler.Wrapper {
  /** Largest head of a request or an answer, in bytes. */
  static final int MAX_HEADER_BYTES = 64 * 1024;

  private static final byte[] NO_ROUTE = "no route\n".getBytes(UTF_8);

  /** What {@link RoutablePath} judges, and Jetty by default refuses. */
  private static final UriCompliance JUDGED_HERE =
      new UriCompliance(
          "JUDGED_HERE",
          EnumSet.of(
              Violation.AMBIGUOUS_PATH_SEGMENT,
              Violation.AMBIGUOUS_EMPTY_SEGMENT,
              Violation.AMBIGUOUS_PATH_SEPARATOR,
              Violation.AMBIGUOUS_PATH_PARAMETER,
              Violation.AMBIGUOUS_PATH_ENCODING,
              Violation.SUSPICIOUS_PATH_CHARACTERS,
              Violation.ILLEGAL_PATH_CHARACTERS,
              Violation.BAD_PERCENT_ENCODING,
              Violation.BAD_UTF8_ENCODING,
              Violation.TRUNCATED_UTF8_ENCODING));

  /** A line feed alone ends no line: another server might see other lines than this one. */
  private static final HttpCompliance WHOLE_LINE_ENDS =
      HttpCompliance.RFC7230.without(
          "WHOLE_LINE_ENDS", HttpCompliance.Violation.LF_HEADER_TERMINATION);

  private final Supplier<RouteImage> routes;
  private final ProxyCounts counts;
  private final RequestMetrics metrics;

  /**
   * Sends what has a route to {@code forwarder}.
   *
   * @param routes what is known now
   */
  public RoutingHandler(
      Supplier<RouteImage> routes,
      ProxyCounts counts,
      RequestMetrics metrics,
      Forwarder forwarder) {
    super(forwarder);
    this.metrics = metrics;
    this.routes = routes;
    this.counts = counts;
  }

  /** Sets what the server in front of this handler lets through. */
  public static void configure(HttpConfiguration http) {
    http.setHttpCompliance(WHOLE_LINE_ENDS);
    http.setUriCompliance(JUDGED_HERE);
    http.setSendDateHeader(false); // the upstream's comes through
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    // at once in full: where Jetty lets a buffer grow, it forgets to close the connection
    http.setResponseHeaderSize(MAX_HEADER_BYTES + 4096);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    counts.requests.increment();
    long start = System.nanoTime();
    Request.addCompletionListener(
        request,
        failure ->
            metrics.count(
                Hop.find(request).map(hop -> hop.route().key()).orElse(""),
                response.getStatus(),
                System.nanoTime() - start));
    if (isTunnel(request)) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
      ProblemErrorHandler.answer(
          response, callback, new Problem(501, "WebSocket and CONNECT are not proxied here"));
      return true;
    }
    RoutablePath path;
    try {
      path = RoutablePath.of(String.valueOf(request.getHttpURI().getPath()));
    } catch (ProblemException e) {
      Problem problem = e.problem();
      UnreadBody.discard(request, () -> ProblemErrorHandler.answer(response, callback, problem));
      return true;
    }
    RouteImage image = routes.get();
    String host = Optional.ofNullable(Request.getServerName(request)).orElse("");
    Optional<Route> route = image.table().find(host, path.matched(), request.getMethod());
    if (route.isPresent()) {
      new Hop(route.get(), image.upstream(route.get()), path, request.getHttpURI().getQuery())
          .attachTo(request);
      return super.handle(request, response, callback);
    }
    if (image.isKnown()) {
      counts.unrouted.increment();
      UnreadBody.discard(request, () -> answerNoRoute(response, callback));
    } else {
      Problem unknown = new Problem(503, "the routes are not known yet");
      UnreadBody.discard(
          request,
          () -> {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
            ProblemErrorHandler.answer(response, callback, unknown);
          });
    }
    return true;
  }

  private static void answerNoRoute(Response response, Callback callback) {
    response.setStatus(HttpStatus.NOT_FOUND_404);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    response.write(true, ByteBuffer.wrap(NO_ROUTE), callback);
  }

  private static boolean isTunnel(Request request) {
    return HttpMethod.CONNECT.is(request.getMethod())
        || request.getHeaders().contains(HttpHeader.UPGRADE, "websocket");
  }
}
