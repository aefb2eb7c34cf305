package dev.watchhub.dataplane.echo;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemErrorHandler;
import dev.watchhub.http.ProblemException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers every request with an {@link EchoAnswer} as JSON. */
final class EchoHandler extends Handler.Abstract {
  private static final ObjectWriter WRITER = new JsonMapper().writerWithDefaultPrettyPrinter();

  private final int maxBodyBytes;

  EchoHandler(int maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<byte[]> body = body(request);
    if (body.isEmpty()) {
      Problem problem = new Problem(413, "a body may have at most " + maxBodyBytes + " bytes here");
      ProblemErrorHandler.answer(response, callback, problem);
      return true;
    }
    EchoAnswer answer;
    try {
      answer = EchoAnswer.to(request, body.get());
    } catch (ProblemException e) {
      ProblemErrorHandler.answer(response, callback, e.problem());
      return true;
    }
    byte[] json = WRITER.writeValueAsBytes(answer);
    ByteBuffer text = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, text, callback);
    return true;
  }

  /** The whole body; empty when it is over the limit. */
  private Optional<byte[]> body(Request request) throws Exception {
    if (request.getLength() > maxBodyBytes) {
      return Optional.empty();
    }
    // waits for the body on the handler's thread: this upstream is for trying things out
    byte[] body = Content.Source.asInputStream(request).readNBytes(maxBodyBytes + 1);
    return body.length > maxBodyBytes ? Optional.empty() : Optional.of(body);
  }
}
