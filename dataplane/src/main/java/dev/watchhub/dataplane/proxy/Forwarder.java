package dev.watchhub.dataplane.proxy;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemErrorHandler;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request along its {@link Hop} to an upstream, and the answer back.
 *
 * <p>The upstream gets the request as it came, its {@code Host} included; hop-by-hop fields are
 * taken out, {@code Via} and {@code Forwarded} added. Bodies stream both ways at the pace of the
 * slower side. An upstream that fails before its answer makes a 502, 503 or 504; one that fails
 * within it, the end of the client's connection. A request that came through here before is
 * answered with 508.
 */
public final class Forwarder extends ProxyHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final int MAX_CONNECTIONS = 8192; // to one upstream; a stream holds one for long
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration UNUSED_LIMIT = Duration.ofSeconds(30);

  private final Duration answerLimit;
  private final ProxyCounts counts;

  /**
   * Forwards once a server has started it.
   *
   * @param answerLimit how long an upstream may neither take more of a request nor begin to answer
   */
  public Forwarder(Duration answerLimit, ProxyCounts counts) {
    this.answerLimit = answerLimit;
    this.counts = counts;
    setViaHost("watchhub-" + UUID.randomUUID()); // its own name, by which it knows a loop
    setUseServerThreadPool(true);
  }

  @Override
  protected void configureHttpClient(HttpClient client) {
    super.configureHttpClient(client);
    client.setUserAgentField(null);
    client.setDefaultRequestContentType(null);
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
    client.setConnectTimeout(CONNECT_LIMIT.toMillis());
    client.setIdleTimeout(UNUSED_LIMIT.toMillis());
    client.setDestinationIdleTimeout(UNUSED_LIMIT.toMillis()); // upstreams come and go
    client.setMaxRequestHeadersSize(
        2 * RoutingHandler.MAX_HEADER_BYTES); // Via and Forwarded come on top
    client.setMaxResponseHeadersSize(RoutingHandler.MAX_HEADER_BYTES);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (request.getHeaders().getCSV(HttpHeader.VIA, false).stream()
        .anyMatch(via -> via.endsWith(" " + getViaHost()))) {
      ProblemErrorHandler.answer(
          response,
          callback,
          new UpstreamFailure(508, "leads back to this proxy").problem(key(request)));
      return true;
    }
    request.addIdleTimeoutListener(
        idle -> false); // an answer may be silent for as long as it likes
    return super.handle(request, new ClientAnswer(request, response), callback);
  }

  /** Of no use here: what is asked for stands in the {@link Hop}. */
  @Override
  protected HttpURI rewriteHttpURI(Request request) {
    return request.getHttpURI();
  }

  @Override
  protected org.eclipse.jetty.client.Request newProxyToServerRequest(
      Request request, HttpURI ignored) {
    Hop hop = Hop.of(request);
    return new VerbatimRequest(getHttpClient(), hop.route().upstream(), hop.fullPath(), hop.query())
        .method(request.getMethod())
        .idleTimeout(0, TimeUnit.MILLISECONDS);
  }

  @Override
  protected org.eclipse.jetty.client.Request.Content newProxyToServerRequestContent(
      Request request, Response response, org.eclipse.jetty.client.Request forwarded) {
    return new ClientBody(request);
  }

  @Override
  protected void sendProxyToServerRequest(
      Request request,
      org.eclipse.jetty.client.Request forwarded,
      Response response,
      Callback callback) {
    AnswerDeadline.watch(forwarded, answerLimit, getHttpClient().getScheduler());
    super.sendProxyToServerRequest(request, forwarded, response, callback);
  }

  @Override
  protected org.eclipse.jetty.client.Response.CompleteListener newServerToProxyResponseListener(
      Request request,
      org.eclipse.jetty.client.Request forwarded,
      Response response,
      Callback callback) {
    return new Answer(request, forwarded, response, callback);
  }

  @Override
  protected void onServerToProxyResponseFailure(
      Request request,
      org.eclipse.jetty.client.Request forwarded,
      org.eclipse.jetty.client.Response answer,
      Response response,
      Callback callback,
      Throwable failure) {
    Problem problem;
    if (forwarded.getBody() instanceof ClientBody body && body.isClientFailure()) {
      problem = body.problem();
    } else {
      UpstreamFailure reason = UpstreamFailure.of(failure);
      problem = reason.problem(key(request));
      if (!(response instanceof ClientAnswer toClient && toClient.isClientFailure())) {
        counts.failed.increment();
        LOG.debug("the upstream of {} {}: {}", key(request), reason.reason(), failure.toString());
      }
    }
    if (response.isCommitted()) {
      callback.failed(failure); // closes the connection, so that the client sees a torn answer
      return;
    }
    response.reset();
    ProblemErrorHandler.answer(response, callback, problem);
  }

  private static String key(Request request) {
    return Hop.of(request).route().key();
  }

  /** An answer without the fields that were meant for this hop only. */
  private final class Answer extends ProxyResponseListener {
    private final Response response;

    Answer(
        Request request,
        org.eclipse.jetty.client.Request forwarded,
        Response response,
        Callback callback) {
      super(request, forwarded, response, callback);
      this.response = response;
    }

    @Override
    public void onHeaders(org.eclipse.jetty.client.Response answer) {
      super.onHeaders(answer);
      for (String name : answer.getHeaders().getCSV(HttpHeader.CONNECTION, false)) {
        response.getHeaders().remove(name);
      }
    }
  }
}
