package dev.watchhub.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * The bytes of the events that are not commits ({@link CommitFrame} has those). Stateless.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">server-sent
 *     events</a>
 */
public final class EventFrame {
  private static final byte[] COMMENT = ":\n\n".getBytes(US_ASCII);
  private static final byte[] SNAPSHOT_HEAD =
      "event: snapshot\ndata: {\"items\":[".getBytes(US_ASCII);
  private static final byte[] SNAPSHOT_TAIL = "]}\n\n".getBytes(US_ASCII);

  private EventFrame() {}

  /** A line that says nothing but that the connection lives. Not to be written to. */
  public static byte[] comment() {
    return COMMENT;
  }

  /** One part of a snapshot, of items that {@link EventJson#item} wrote. */
  public static byte[] snapshot(List<byte[]> items) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SNAPSHOT_HEAD);
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.writeBytes(items.get(i));
    }
    out.writeBytes(SNAPSHOT_TAIL);
    return out.toByteArray();
  }

  /** The end of a snapshot of {@code count} items at {@code position}. */
  public static byte[] synced(Position position, long count) {
    return frame(
        "synced",
        position.toString(),
        "{\"position\":\"" + position + "\",\"count\":" + count + "}");
  }

  /** "You have everything up to {@code position}." */
  public static byte[] bookmark(Position position) {
    return frame("bookmark", position.toString(), "{\"position\":\"" + position + "\"}");
  }

  /** "Replace what you hold"; its empty id makes a client forget where it was. */
  public static byte[] reset(ResetReason reason) {
    return frame("reset", "", "{\"reason\":\"" + reason.wire() + "\"}");
  }

  private static byte[] frame(String name, String id, String data) {
    String idLine = id.isEmpty() ? "id:" : "id: " + id;
    return ("event: " + name + "\n" + idLine + "\ndata: " + data + "\n\n").getBytes(UTF_8);
  }
}
