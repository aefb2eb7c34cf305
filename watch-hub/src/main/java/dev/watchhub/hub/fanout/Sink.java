package dev.watchhub.hub.fanout;

import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The client's end of a subscription. Called by the one thread that serves the subscription. */
public interface Sink {
  /**
   * Starts a write without waiting for it; the first one opens the stream. One at a time.
   *
   * @param bytes not changed by anybody until the write is done
   * @param done called once, by any thread and perhaps before this returns: null, or why it failed
   */
  void write(ByteBuffer bytes, Consumer<@Nullable Throwable> done);

  /**
   * Ends the request without a stream, before any write: the client asked to be told so when its
   * position is lost.
   *
   * @param oldest the oldest position that it could have come with
   */
  void refuse(ResetReason reason, Position oldest);

  /** Ends the stream in good order after {@code last}; no write is under way. */
  void end(ByteBuffer last);

  /** Cuts the connection, also under a write. Idempotent. */
  void abort(String why);
}
