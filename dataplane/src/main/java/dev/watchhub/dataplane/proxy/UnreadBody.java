package dev.watchhub.dataplane.proxy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Reads what is left of a body and forgets it, before its request is refused. A client sends its
 * body before it looks for the answer, and a connection that is closed with bytes unread is reset:
 * the client would lose the answer.
 *
 * <p>Threading: one thread at a time, as bytes arrive; the timer may end it from another.
 */
final class UnreadBody {
  private static final long MAX_BYTES = 64L << 20;
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Content.Source body;
  private final Runnable answer;
  private final AtomicBoolean answered = new AtomicBoolean();
  private final Scheduler.Task timer;
  private long left = MAX_BYTES;

  private UnreadBody(Request request, Content.Source body, Runnable answer) {
    this.body = body;
    this.answer = answer;
    timer =
        request
            .getComponents()
            .getScheduler()
            .schedule(this::end, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reads the rest, 64 MiB or 5 s of it at most, and then runs {@code answer}. Asks for nothing
   * from a client that waits for a {@code 100 Continue}. Returns before that is done, or after.
   */
  static void discard(Request request, Runnable answer) {
    if (hasNone(request) || request.getHeaders().contains(HttpHeader.EXPECT)) {
      answer.run();
    } else {
      new UnreadBody(request, request, answer).read();
    }
  }

  /** The same of what a forwarded request has left; its client was told to send it. */
  static void discard(Request request, ClientBody body, Runnable answer) {
    if (hasNone(request)) {
      answer.run();
    } else {
      new UnreadBody(request, body.takeOver(), answer).read();
    }
  }

  private static boolean hasNone(Request request) {
    return request.getLength() == 0
        || (request.getLength() < 0
            && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING));
  }

  private void read() {
    while (!answered.get()) {
      Content.Chunk chunk = body.read();
      if (chunk == null) {
        body.demand(this::read);
        return;
      }
      left -= chunk.remaining();
      boolean over = chunk.isLast() || Content.Chunk.isFailure(chunk) || left < 0;
      chunk.release();
      if (over) {
        end();
      }
    }
  }

  private void end() {
    if (answered.compareAndSet(false, true)) {
      timer.cancel();
      answer.run();
    }
  }
}
