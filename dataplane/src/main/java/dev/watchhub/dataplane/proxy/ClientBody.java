package dev.watchhub.dataplane.proxy;

import dev.watchhub.http.Problem;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.client.ContentSourceRequestContent;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way from the client to the upstream. It remembers when the client
 * failed to deliver it, so that the upstream is not blamed; and it outlives the upstream, so that
 * another one can have it, or the rest can be read before the client is answered.
 *
 * <p>Threading: one reader at a time; {@link #takeOver} may be called by any thread, also while
 * that one reads.
 */
final class ClientBody extends ContentSourceRequestContent {
  private final AtomicReference<@Nullable Runnable> waiting = new AtomicReference<>();
  private final Object turn = new Object(); // to read: Jetty's own is for one thread
  private boolean taken; // under turn
  private volatile @Nullable Throwable clientFailure;
  private volatile boolean touched;

  ClientBody(Request request) {
    // without a default type: an upstream sees what the client said, or nothing
    super(request, request.getHeaders().get(HttpHeader.CONTENT_TYPE));
  }

  @Override
  public Content.Chunk read() {
    touched = true;
    synchronized (turn) {
      if (taken) {
        return Content.Chunk.from(new IOException("somebody else reads the rest"), true);
      }
      Content.Chunk chunk = super.read();
      if (Content.Chunk.isFailure(chunk)) {
        clientFailure = chunk.getFailure();
      }
      return chunk;
    }
  }

  @Override
  public void demand(Runnable available) {
    touched = true;
    synchronized (turn) {
      if (!taken) {
        await(available);
      }
    }
  }

  /** Instead of whoever waits so far. */
  private void await(Runnable available) {
    if (waiting.getAndSet(available) == null) {
      super.demand(
          () -> {
            Runnable reader = waiting.getAndSet(null);
            if (reader != null) {
              reader.run();
            }
          });
    }
  }

  /** What is left, for another reader; the one so far gets nothing more. */
  Content.Source takeOver() {
    synchronized (turn) {
      taken = true;
    }
    return new Rest();
  }

  /** For the reader that has taken over. */
  private final class Rest implements Content.Source {
    @Override
    public Content.@Nullable Chunk read() {
      synchronized (turn) {
        return waiting.get() == null
            ? ClientBody.super.read()
            : null; // else it has to wait as well
      }
    }

    @Override
    public void demand(Runnable available) {
      synchronized (turn) {
        await(available);
      }
    }

    @Override
    public void fail(Throwable failure) {}
  }

  /** The upstream failed, which is no reason to fail the client's request as well. */
  @Override
  public void fail(Throwable failure) {}

  @Override
  public void fail(Throwable failure, boolean last) {}

  /** Whether a part of it may be gone. */
  boolean isTouched() {
    return touched;
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
