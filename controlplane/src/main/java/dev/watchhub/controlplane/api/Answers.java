package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.controlplane.store.Page;
import dev.watchhub.controlplane.store.Written;
import dev.watchhub.http.EntityTag;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers in the representation that the client asked for. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String JSON_TYPE = "application/json";
  private static final String LINES_TYPE = "text/plain;charset=utf-8";

  /** Writes fields into an object that is open. */
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator out) throws IOException;
  }

  /** Writes the bytes of an answer. */
  @FunctionalInterface
  private interface Body {
    void write(OutputStream out) throws IOException;
  }

  private Answers() {}

  /**
   * Answers with the row that a write made or found; its ETag, if it is no deletion.
   *
   * @param arrival how far it has come; null when that was not asked for
   */
  static void written(
      Context context, String key, Written row, Position position, @Nullable Arrival arrival) {
    if (row.version() > 0) {
      context.header("ETag", EntityTag.of(row.revision()));
    }
    if (asked(context) == Representation.LINES) {
      line(context, "rev=" + row.revision() + "\n");
      return;
    }
    json(
        context,
        out -> {
          out.writeStringField("key", key);
          write(out, row);
          out.writeStringField("position", position.toString());
          if (arrival != null) {
            arrival.write(out);
          }
        });
  }

  /** Answers with what a write would do; there is no revision, since there is no row. */
  static void rehearsed(Context context, String key, Written row) {
    json(
        context,
        out -> {
          out.writeStringField("key", key);
          out.writeBooleanField("dryRun", true);
          out.writeStringField(
              "would",
              row.unchanged()
                  ? "leave"
                  : row.version() == 0 ? "delete" : row.created() ? "create" : "change");
        });
  }

  /** Writes the fields that tell what became of a write, into an object that is open. */
  static void write(JsonGenerator out, Written row) throws IOException {
    out.writeNumberField("revision", row.revision());
    out.writeNumberField("createTime", row.createTime());
    if (row.unchanged()) {
      out.writeBooleanField("unchanged", true);
    }
  }

  /** Answers with one key, or with 304 if the client has it. */
  static void item(Context context, Item item, Values values) {
    Representation representation = asked(context);
    if (EntityTag.known(context, EntityTag.of(item.revision()))) {
      return;
    }
    if (representation == Representation.LINES) {
      line(context, lineOf(item, values));
    } else {
      json(context, out -> write(out, item, values));
    }
  }

  /**
   * Answers with many keys. Lines do not say where the next page begins: as many as were asked for
   * may mean that there are more.
   */
  static void page(Context context, Page page, Values values) {
    List<Item> items = page.items();
    if (asked(context) == Representation.LINES) {
      stream(
          context.contentType(LINES_TYPE),
          out -> {
            for (Item item : items) {
              out.write(lineOf(item, values).getBytes(UTF_8));
            }
          });
      return;
    }
    stream(
        context.contentType(JSON_TYPE),
        bytes ->
            writeObject(
                bytes,
                out -> {
                  out.writeArrayFieldStart("items");
                  for (Item item : items) {
                    out.writeStartObject();
                    write(out, item, values);
                    out.writeEndObject();
                  }
                  out.writeEndArray();
                  out.writeNumberField("rev", page.revision());
                  if (page.end() == Page.End.LIMIT) {
                    out.writeStringField("next", items.get(items.size() - 1).key());
                    out.writeStringField("at", page.at());
                  }
                }));
  }

  /** Writes to the client as it reads, so that the answer is never in memory as a whole. */
  private static void stream(Context context, Body body) {
    try (OutputStream out = context.outputStream()) {
      body.write(out);
    } catch (IOException e) {
      LOG.debug("the client of {} went away", context.path(), e);
    }
  }

  /** Answers with a JSON object, whatever the client asked for. */
  static void json(Context context, Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try {
      writeObject(bytes, fields);
    } catch (IOException e) {
      throw new UncheckedIOException("writing JSON to memory", e);
    }
    context.contentType(JSON_TYPE).result(bytes.toByteArray());
  }

  private static void writeObject(OutputStream bytes, Fields fields) throws IOException {
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
      out.writeRaw('\n');
    }
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
    context.contentType(LINES_TYPE).result(text.getBytes(UTF_8));
  }

  private static Representation asked(Context context) {
    context.header("Vary", "Accept");
    return Representation.of(context.header("Accept"));
  }
}
