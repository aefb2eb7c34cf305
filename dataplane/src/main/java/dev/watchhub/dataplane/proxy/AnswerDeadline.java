package dev.watchhub.dataplane.proxy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.CyclicTimeout;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Aborts a request to a node that does not take the connection in time, or that neither takes more
 * of the request nor begins to answer it for a while. An answer that has begun may take as long as
 * it likes. Any thread.
 */
final class AnswerDeadline extends CyclicTimeout {
  private final Request request;
  private final Duration limit;
  private volatile boolean connected;
  private volatile boolean answered;

  private AnswerDeadline(Scheduler scheduler, Request request, Duration limit) {
    super(scheduler);
    this.request = request;
    this.limit = limit;
  }

  /**
   * Watches {@code request}, which is about to be sent.
   *
   * @param connectLimit until it has a connection
   * @param limit from then on, and anew with each piece of the request that is taken
   */
  static void watch(Request request, Duration connectLimit, Duration limit, Scheduler scheduler) {
    AnswerDeadline deadline = new AnswerDeadline(scheduler, request, limit);
    deadline.schedule(connectLimit.toNanos(), TimeUnit.NANOSECONDS);
    request.onRequestBegin(
        ignored -> {
          deadline.connected = true;
          deadline.restart();
        });
    request.onRequestContent((ignored, content) -> deadline.restart());
    request.onResponseBegin(ignored -> deadline.end());
    request.onComplete(
        ignored -> {
          deadline.end();
          deadline.destroy();
        });
  }

  private void restart() {
    if (!answered) {
      schedule(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (answered) {
        cancel(); // the answer began between the two lines above
      }
    }
  }

  private void end() {
    answered = true;
    cancel();
  }

  @Override
  public void onTimeoutExpired() {
    var unused = // its listener is told anyway
        request.abort(connected ? new UnresponsiveException(limit) : new UnconnectedException());
  }
}
