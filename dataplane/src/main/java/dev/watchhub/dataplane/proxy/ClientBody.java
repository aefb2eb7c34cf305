package dev.watchhub.dataplane.proxy;

import dev.watchhub.http.Problem;
import org.eclipse.jetty.client.ContentSourceRequestContent;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way from the client to the upstream. It remembers when the client
 * failed to deliver it, so that the upstream is not blamed.
 */
final class ClientBody extends ContentSourceRequestContent {
  private volatile @Nullable Throwable clientFailure;

  ClientBody(Request request) {
    // without a default type: an upstream sees what the client said, or nothing
    super(request, request.getHeaders().get(HttpHeader.CONTENT_TYPE));
  }

  @Override
  public Content.Chunk read() {
    Content.Chunk chunk = super.read();
    if (Content.Chunk.isFailure(chunk)) {
      clientFailure = chunk.getFailure();
    }
    return chunk;
  }

  /** Whether the client is the reason that the request failed. */
  boolean isClientFailure() {
    return clientFailure != null;
  }

  /** What to answer to the client that failed. */
  Problem problem() {
    return clientFailure instanceof HttpException bad
        ? new Problem(bad.getCode(), "the body of the request is malformed")
        : new Problem(408, "the body of the request did not arrive");
  }
}
