package dev.watchhub.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what Jetty itself refuses, such as a malformed request, with a {@link Problem}. */
public final class ProblemErrorHandler extends ErrorHandler {
  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    String detail = message == null ? "the server failed to handle the request" : message;
    if (code == 400 && cause != null && cause.getCause() instanceof IllegalArgumentException) {
      detail =
          "the request line is malformed, such as by a control character"
              + " or a '%' without two hexadecimal digits";
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    response.write(true, ByteBuffer.wrap(new Problem(code, detail).json()), callback);
  }
}
