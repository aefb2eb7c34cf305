package dev.watchhub.hub.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.protocol.SseEvent;
import dev.watchhub.protocol.SseReader;
import dev.watchhub.protocol.WatchEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client that takes bytes at once, or when the test says so. */
final class ScriptedSink implements Sink {
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private @Nullable Consumer<@Nullable Throwable> pending;
  boolean stalled;
  Runnable atWrite = () -> {}; // what happens elsewhere meanwhile
  int writes;
  @Nullable ResetReason refused;
  @Nullable String ended;
  @Nullable String aborted;

  @Override
  public void write(ByteBuffer bytes, Consumer<@Nullable Throwable> done) {
    if (pending != null) {
      throw new AssertionError("two writes at once");
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    received.writeBytes(copy);
    writes++;
    atWrite.run();
    if (stalled) {
      pending = done;
    } else {
      done.accept(null);
    }
  }

  boolean isWriting() {
    return pending != null;
  }

  /** Ends the write that is under way. */
  void finishWrite() {
    Consumer<@Nullable Throwable> done = pending;
    if (done == null) {
      throw new AssertionError("no write is under way");
    }
    pending = null;
    done.accept(null);
  }

  @Override
  public void refuse(ResetReason reason, Position oldest) {
    refused = reason;
  }

  @Override
  public void end(ByteBuffer last) {
    ended = UTF_8.decode(last).toString();
  }

  @Override
  public void abort(String why) {
    aborted = why;
  }

  /** Everything received so far, comments included. */
  String text() {
    return received.toString(UTF_8);
  }

  /** The events received since the last call. */
  List<WatchEvent> events() {
    try {
      SseReader reader = new SseReader(new ByteArrayInputStream(received.toByteArray()), 4 << 20);
      received.reset();
      List<WatchEvent> events = new ArrayList<>();
      for (Optional<SseEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
        events.add(EventJson.event(next.get().name(), next.get().data()));
      }
      return events;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The names of {@link #events}, and the keys of commits. */
  List<String> summary() {
    List<String> summary = new ArrayList<>();
    for (WatchEvent event : events()) {
      if (event instanceof WatchEvent.Committed committed) {
        committed.commit().changes().forEach(change -> summary.add(change.item().key()));
      } else {
        summary.add(event.getClass().getSimpleName().toLowerCase(Locale.ROOT));
      }
    }
    return summary;
  }
}
