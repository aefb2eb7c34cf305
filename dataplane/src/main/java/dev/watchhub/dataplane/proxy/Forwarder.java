package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.Forwarding;
import dev.watchhub.dataplane.routes.UpstreamNode;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemErrorHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;
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
  private static final Duration GREATEST_CONNECT_LIMIT = Duration.ofSeconds(30); // of any route
  private static final Duration UNUSED_LIMIT = Duration.ofSeconds(30);

  /** Asked twice they do what they do asked once (RFC 9110, 9.2.2). */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  private final Duration answerLimit;
  private final ProxyCounts counts;
  private final NodeHealth health;

  /**
   * Forwards once a server has started it.
   *
   * @param answerLimit how long an upstream may neither take more of a request nor begin to answer
   */
  public Forwarder(Duration answerLimit, ProxyCounts counts, NodeHealth health) {
    this.answerLimit = answerLimit;
    this.counts = counts;
    this.health = health;
    setViaHost("watchhub-" + UUID.randomUUID()); // its own name, by which it knows a loop
    setUseServerThreadPool(true);
  }

  @Override
  protected void configureHttpClient(HttpClient client) {
    super.configureHttpClient(client);
    client.setUserAgentField(null);
    client.setDefaultRequestContentType(null);
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
    client.setConnectTimeout(GREATEST_CONNECT_LIMIT.toMillis());
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
      Problem loop = new UpstreamFailure(508, "leads back to this proxy").problem(key(request));
      UnreadBody.discard(request, () -> ProblemErrorHandler.answer(response, callback, loop));
      return true;
    }
    boolean mayFail = isIdempotent(request);
    if (!mayFail && !health.isAllWell()) {
      probe(Hop.of(request));
    }
    Hop.of(request).advance(health, mayFail);
    request.addIdleTimeoutListener(
        idle -> false); // an answer may be silent for as long as it likes
    return super.handle(request, new ClientAnswer(request, response), callback);
  }

  /**
   * Connects to those that are set aside and whose time has come, as this request must not fail.
   */
  private void probe(Hop hop) {
    for (UpstreamNode node : hop.upstream().nodes()) {
      String name = hop.name(node);
      if (health.isDue(name) && health.claim(name)) {
        getHttpClient()
            .resolveDestination(new Origin(node.scheme(), node.host(), node.port()))
            .newConnection(
                Promise.from(
                    connection -> {
                      health.succeeded(name);
                      connection.close();
                    },
                    failure -> health.failed(name)));
      }
    }
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
    return new VerbatimRequest(getHttpClient(), hop.node(), hop.fullPath(), hop.query())
        .method(request.getMethod())
        .idleTimeout(0, TimeUnit.MILLISECONDS);
  }

  @Override
  protected void addProxyHeaders(Request request, org.eclipse.jetty.client.Request forwarded) {
    super.addProxyHeaders(request, forwarded);
    forwarded.headers(
        fields -> {
          ForwardedFields.add(request, fields);
          ForwardedFields.setHost(request, fields);
        });
  }

  @Override
  protected org.eclipse.jetty.client.Request.Content newProxyToServerRequestContent(
      Request request, Response response, org.eclipse.jetty.client.Request forwarded) {
    ClientBody body = new ClientBody(request);
    Hop.of(request).sending(body);
    return body;
  }

  @Override
  protected void sendProxyToServerRequest(
      Request request,
      org.eclipse.jetty.client.Request forwarded,
      Response response,
      Callback callback) {
    Hop hop = Hop.of(request);
    UpstreamNode node = hop.node();
    Forwarding rules = hop.route().forwarding();
    forwarded.onRequestBegin(
        ignored -> { // it has a connection
          if (!health.isAllWell()) {
            health.succeeded(hop.name(node));
          }
        });
    AnswerDeadline.watch(
        forwarded,
        hop.connectLimit(),
        Objects.requireNonNullElse(rules.responseTimeout(), answerLimit),
        getHttpClient().getScheduler());
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
    Hop hop = Hop.of(request);
    boolean unconnected = UpstreamFailure.isUnconnected(failure);
    if (unconnected) {
      health.failed(hop.name(hop.node()));
    }
    ClientBody body = hop.body();
    if (unconnected
        && isIdempotent(request)
        && (body == null || !body.isTouched())
        && hop.advance(health, true)) {
      counts.retried.increment();
      super.handle(request, response, callback);
      return;
    }
    Problem problem = problem(request, body, response, failure);
    if (response.isCommitted()) {
      callback.failed(failure); // closes the connection, so that the client sees a torn answer
      return;
    }
    response.reset();
    Runnable refusal = () -> ProblemErrorHandler.answer(response, callback, problem);
    if (body == null) {
      UnreadBody.discard(request, refusal);
    } else {
      UnreadBody.discard(request, body, refusal);
    }
  }

  /** What went wrong; counted, unless it was the client. */
  private Problem problem(
      Request request, @Nullable ClientBody body, Response response, Throwable failure) {
    if (body != null && body.isClientFailure()) {
      return body.problem();
    }
    UpstreamFailure reason = UpstreamFailure.of(failure);
    if (!(response instanceof ClientAnswer toClient && toClient.isClientFailure())) {
      counts.failed.increment();
      LOG.debug("the upstream of {} {}: {}", key(request), reason.reason(), failure.toString());
    }
    return reason.problem(key(request));
  }

  private static boolean isIdempotent(Request request) {
    return IDEMPOTENT.contains(request.getMethod());
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
