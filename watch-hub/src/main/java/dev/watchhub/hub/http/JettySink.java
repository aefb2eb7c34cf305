package dev.watchhub.hub.http;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemErrorHandler;
import dev.watchhub.hub.fanout.Sink;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Writes a watch to one HTTP response, without a thread of its own. */
final class JettySink implements Sink {
  private final Request request;
  private final Response response;
  private final Callback callback;
  private boolean opened;

  /**
   * A stream that is not open yet.
   *
   * @param callback completed when the stream ends, exactly once
   */
  JettySink(Request request, Response response, Callback callback) {
    this.request = request;
    this.response = response;
    this.callback = callback;
  }

  @Override
  public void write(ByteBuffer bytes, Consumer<@Nullable Throwable> done) {
    open();
    response.write(false, bytes, Callback.from(() -> done.accept(null), done));
  }

  private void open() {
    if (opened) {
      return;
    }
    opened = true;
    request.addIdleTimeoutListener(timeout -> false); // a quiet stream is not a dead one
    response.setStatus(HttpStatus.OK_200);
    response
        .getHeaders()
        .put(HttpHeader.CONTENT_TYPE, "text/event-stream")
        .put(HttpHeader.CACHE_CONTROL, "no-store")
        .put("X-Accel-Buffering", "no"); // nginx would hold events back
  }

  @Override
  public void refuse(ResetReason reason, Position oldest) {
    Problem problem =
        new Problem(
            HttpStatus.GONE_410,
            "the hub cannot go on from this position: " + reason.wire(),
            Map.of("reason", reason.wire(), "oldest", oldest.toString()));
    ProblemErrorHandler.answer(response, callback, problem);
  }

  @Override
  public void end(ByteBuffer last) {
    open();
    response.write(true, last, callback);
  }

  @Override
  public void abort(String why) {
    EofException cause = new EofException(why);
    request.getConnectionMetaData().getConnection().getEndPoint().close(cause);
    callback.failed(cause);
  }
}
