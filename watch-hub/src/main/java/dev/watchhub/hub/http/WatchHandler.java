package dev.watchhub.hub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemErrorHandler;
import dev.watchhub.http.ProblemException;
import dev.watchhub.hub.fanout.FanOut;
import dev.watchhub.hub.log.ChangeLog;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Takes {@code GET /watch} before the servlets see it: their streams block a thread each, and their
 * event-stream handler has sent a status before it can be decided. Any thread.
 */
final class WatchHandler extends Handler.Wrapper {
  private final ChangeLog log;
  private final FanOut fanOut;

  WatchHandler(ChangeLog log, FanOut fanOut) {
    this.log = log;
    this.fanOut = fanOut;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!"/watch".equals(request.getHttpURI().getCanonicalPath())) {
      return super.handle(request, response, callback);
    }
    try {
      watch(request, response, callback);
    } catch (ProblemException e) {
      ProblemErrorHandler.answer(response, callback, e.problem());
    }
    return true;
  }

  private void watch(Request request, Response response, Callback callback) {
    if (!HttpMethod.GET.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET");
      throw new ProblemException(new Problem(405, "/watch takes GET, not " + request.getMethod()));
    }
    WatchParameters parameters =
        WatchParameters.read(
            Request.extractQueryParameters(request, UTF_8),
            request.getHeaders().get("Last-Event-ID"));
    if (!parameters.mayWait() && !log.state().ready()) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
      throw new ProblemException(new Problem(503, "the hub is not ready"));
    }
    fanOut.subscribe(
        parameters.request(),
        new JettySink(request, response, callback),
        Request.getRemoteAddr(request) + ":" + Request.getRemotePort(request),
        parameters.node());
  }
}
