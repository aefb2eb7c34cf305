package dev.watchhub.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.Change.Prev;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One commit, encoded once: the bytes of its event, from which the events of narrower filters are
 * cut. Immutable.
 */
public final class CommitFrame {
  private static final byte[] TAIL = "]}\n\n".getBytes(US_ASCII);
  private static final int HEAD_BYTES = 256;
  private static final int CHANGE_BYTES = 192; // beside key and value
  private static final int MOST_BYTES = 1 << 20; // beyond it the bytes are moved as they grow

  private final byte[] bytes;
  private final int[] starts; // of each change, a comma apart; one more, where the next would start

  private CommitFrame(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /**
   * Encodes {@code changes} without what their keys held before.
   *
   * @param position null when a watch may not resume here
   * @param committedAt null when not known
   */
  public static CommitFrame encode(
      @Nullable Position position, @Nullable Instant committedAt, List<Change> changes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(usualSize(changes));
    out.writeBytes(head(position, committedAt).getBytes(UTF_8));
    int[] starts = EventJson.writeChanges(out, changes);
    out.writeBytes(TAIL);
    return new CommitFrame(out.toByteArray(), starts);
  }

  /** Of most commits, so that the bytes need not be moved; those of no ASCII take more. */
  private static int usualSize(List<Change> changes) {
    long size = HEAD_BYTES;
    for (Change change : changes) {
      String value = change.item().value();
      size += CHANGE_BYTES + change.item().key().length() + (value == null ? 0 : value.length());
    }
    return (int) Math.min(size, MOST_BYTES);
  }

  private static String head(@Nullable Position position, @Nullable Instant committedAt) {
    StringBuilder head = new StringBuilder(192).append("event: commit\n");
    if (position == null) {
      head.append("data: {");
    } else {
      String id = position.toString();
      head.append("id: ").append(id).append("\ndata: {\"position\":\"").append(id);
      head.append("\",\"lsn\":\"").append(position.lsn()).append("\",");
    }
    if (committedAt != null) {
      head.append("\"committedAt\":\"").append(committedAt).append("\",");
    }
    return head.append("\"changes\":[").toString();
  }

  /** The event with all changes. Not to be written to. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * The event with some changes only.
   *
   * @param indexes which, rising, not empty
   */
  public byte[] only(int[] indexes) {
    ByteArrayOutputStream out = openFrame();
    for (int i = 0; i < indexes.length; i++) {
      int start = starts[indexes[i]];
      out.write(bytes, start, starts[indexes[i] + 1] - 1 - start);
      if (i + 1 < indexes.length) {
        out.write(',');
      }
    }
    out.writeBytes(TAIL);
    return out.toByteArray();
  }

  /**
   * The event with some changes only, each with what its key held before.
   *
   * @param indexes which, rising, not empty
   * @param prevs one for each of {@code indexes}
   */
  public byte[] only(int[] indexes, List<Prev> prevs) {
    ByteArrayOutputStream out = openFrame();
    for (int i = 0; i < indexes.length; i++) {
      int start = starts[indexes[i]];
      Prev prev = prevs.get(i);
      byte[] object =
          EventJson.bytes(
              json -> {
                json.writeStartObject();
                EventJson.writePrev(json, prev);
                json.writeEndObject();
              });
      out.write(bytes, start, starts[indexes[i] + 1] - 2 - start); // without its brace
      out.write(',');
      out.write(object, 1, object.length - 1);
      if (i + 1 < indexes.length) {
        out.write(',');
      }
    }
    out.writeBytes(TAIL);
    return out.toByteArray();
  }

  private ByteArrayOutputStream openFrame() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    out.write(bytes, 0, starts[0]);
    return out;
  }
}
