package dev.watchhub.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what Jetty itself refuses, such as a malformed request, with a {@link Problem}. */
public final class ProblemErrorHandler extends ErrorHandler {
  /** Jetty would leave the answer to a PUT or a DELETE empty. */
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      String message,
      Throwable cause,
      Callback callback) {
    boolean ours = message == null || code == 500;
    String detail = ours ? "the server failed; its log has the reason" : message;
    if (code == 400 && cause != null && cause.getCause() instanceof IllegalArgumentException) {
      detail =
          "the request line is malformed, such as by a control character,"
              + " a '%' without two hexadecimal digits or a '..' above the root";
    }
    write(response, new Problem(code, detail), callback);
  }

  /** Answers a request outside Javalin with {@code problem}. The response must not be committed. */
  public static void answer(Response response, Callback callback, Problem problem) {
    response.setStatus(problem.status());
    write(response, problem, callback);
  }

  private static void write(Response response, Problem problem, Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    response.write(true, ByteBuffer.wrap(problem.json()), callback);
  }
}
