package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.controlplane.store.Written;
import dev.watchhub.protocol.Item;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes answers in the representation that the client asked for. */
final class Answers {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes fields into an object that is open. */
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator out) throws IOException;
  }

  private Answers() {}

  /** Answers with the row that a write made. */
  static void written(Context context, String key, Written row) {
    if (asked(context) == Representation.LINES) {
      line(context, "rev=" + row.revision() + "\n");
      return;
    }
    json(
        context,
        out -> {
          out.writeStringField("key", key);
          out.writeNumberField("revision", row.revision());
          out.writeNumberField("createTime", row.createTime());
        });
  }

  /** Answers with one key. */
  static void item(Context context, Item item, Values values) {
    if (asked(context) == Representation.LINES) {
      line(context, lineOf(item, values));
    } else {
      json(context, out -> write(out, item, values));
    }
  }

  /**
   * Answers with many keys.
   *
   * @param next the key after which the next page begins; null if there is none. Lines do not say:
   *     as many as were asked for may mean that there are more
   */
  static void items(Context context, List<Item> items, @Nullable String next, Values values) {
    if (asked(context) == Representation.LINES) {
      StringBuilder lines = new StringBuilder();
      items.forEach(item -> lines.append(lineOf(item, values)));
      line(context, lines.toString());
      return;
    }
    json(
        context,
        out -> {
          out.writeArrayFieldStart("items");
          for (Item item : items) {
            out.writeStartObject();
            write(out, item, values);
            out.writeEndObject();
          }
          out.writeEndArray();
          if (next != null) {
            out.writeStringField("next", next);
          }
        });
  }

  /** Answers with a JSON object, whatever the client asked for. */
  static void json(Context context, Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
      out.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("writing JSON to memory", e);
    }
    context.contentType("application/json").result(bytes.toByteArray());
  }

  private static void write(JsonGenerator out, Item item, Values values) throws IOException {
    out.writeStringField("key", item.key());
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
    values.write(out, value(item));
  }

  private static String lineOf(Item item, Values values) {
    return "rev=%d, key=%s, value=%s, create_time=%d\n"
        .formatted(item.revision(), item.key(), values.base64(value(item)), item.createTime());
  }

  private static String value(Item item) {
    return Objects.requireNonNull(item.value(), "a live key has a value");
  }

  private static void line(Context context, String text) {
    context.contentType("text/plain;charset=utf-8").result(text.getBytes(UTF_8));
  }

  private static Representation asked(Context context) {
    context.header("Vary", "Accept");
    return Representation.of(context.header("Accept"));
  }
}
