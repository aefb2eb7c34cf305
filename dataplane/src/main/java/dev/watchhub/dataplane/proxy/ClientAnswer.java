package dev.watchhub.dataplane.proxy;

import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The answer on its way to the client. It remembers when the client failed to take it, so that the
 * upstream is not blamed.
 */
final class ClientAnswer extends Response.Wrapper {
  private volatile boolean failed;

  ClientAnswer(Request request, Response wrapped) {
    super(request, wrapped);
  }

  @Override
  public void write(boolean last, ByteBuffer bytes, Callback callback) {
    super.write(
        last,
        bytes,
        Callback.from(
            callback.getInvocationType(),
            callback::succeeded,
            failure -> {
              failed = true;
              callback.failed(failure);
            }));
  }

  /** Whether the client is the reason that the answer broke off. */
  boolean isClientFailure() {
    return failed;
  }
}
