package dev.watchhub.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.protocol.Change.Prev;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The JSON of items, changes and events. Stateless; any thread. */
public final class EventJson {
  /**
   * Writes nothing of its own between the objects of a list, where {@link #writeChanges} has
   * commas.
   */
  private static final JsonFactory FACTORY = new JsonFactory().setRootValueSeparator(null);

  /** Writes one value to a generator. */
  @FunctionalInterface
  interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  private EventJson() {}

  /** The JSON object of {@code item}, in UTF-8. */
  public static byte[] item(Item item) {
    return bytes(
        out -> {
          out.writeStartObject();
          writeItem(out, item);
          out.writeEndObject();
        });
  }

  /**
   * Writes the JSON objects of {@code changes}, in UTF-8 and a comma apart; in each of them what it
   * held before comes last.
   *
   * @return where in {@code bytes} each of them starts, and where the next one would
   */
  static int[] writeChanges(ByteArrayOutputStream bytes, List<Change> changes) {
    int[] starts = new int[changes.size() + 1];
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      for (int i = 0; i < changes.size(); i++) {
        starts[i] = bytes.size();
        writeChange(out, changes.get(i));
        if (i + 1 < changes.size()) {
          out.writeRaw(',');
        }
        out.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing JSON to memory", e);
    }
    starts[changes.size()] = bytes.size() + 1;
    return starts;
  }

  private static void writeChange(JsonGenerator out, Change change) throws IOException {
    out.writeStartObject();
    out.writeStringField("op", change.op().wire());
    writeItem(out, change.item());
    Prev prev = change.prev();
    if (prev != null) {
      writePrev(out, prev);
    }
    out.writeEndObject();
  }

  private static void writeItem(JsonGenerator out, Item item) throws IOException {
    out.writeStringField("key", item.key());
    if (item.value() != null) {
      out.writeStringField("value", item.value());
    }
    out.writeNumberField("revision", item.revision());
    out.writeNumberField("createRevision", item.createRevision());
    out.writeNumberField("version", item.version());
    out.writeNumberField("createTime", item.createTime());
    if (item.author() != null) {
      out.writeStringField("author", item.author());
    }
    if (item.note() != null) {
      out.writeStringField("note", item.note());
    }
  }

  /** Writes the fields that say what a key held before, into an object that is open. */
  static void writePrev(JsonGenerator out, Prev prev) throws IOException {
    if (prev.value() == null) {
      out.writeNullField("prev");
    } else {
      out.writeObjectFieldStart("prev");
      out.writeStringField("value", prev.value());
      out.writeNumberField("revision", prev.revision());
      out.writeEndObject();
    }
    if (!prev.known()) {
      out.writeBooleanField("prevUnknown", true);
    }
  }

  static byte[] bytes(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing JSON to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads the data of the event that is called {@code name}.
   *
   * @throws ProtocolException if there is no such event, or its data is not of its form
   */
  public static WatchEvent event(String name, String data) {
    return new EventParser(name).parse(data);
  }
}
