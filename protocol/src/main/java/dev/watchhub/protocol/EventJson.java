package dev.watchhub.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Change.Prev;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of items, changes and events. Stateless; any thread. */
public final class EventJson {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final JsonMapper MAPPER = new JsonMapper();

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

  /** The JSON object of {@code change}, in UTF-8; what it held before comes last. */
  static byte[] change(Change change) {
    return bytes(
        out -> {
          out.writeStartObject();
          out.writeStringField("op", change.op().wire());
          writeItem(out, change.item());
          Prev prev = change.prev();
          if (prev != null) {
            writePrev(out, prev);
          }
          out.writeEndObject();
        });
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

  /** A text as a JSON string, quotes included. */
  static String quoted(String text) {
    return new String(bytes(out -> out.writeString(text)), UTF_8);
  }

  /**
   * Reads the data of the event that is called {@code name}.
   *
   * @throws ProtocolException if there is no such event, or its data is not of its form
   */
  public static WatchEvent event(String name, String data) {
    try {
      JsonNode json = MAPPER.readTree(data);
      return switch (name) {
        case "snapshot" -> new WatchEvent.Snapshot(items(field(json, "items")));
        case "synced" -> new WatchEvent.Synced(position(json), field(json, "count").asLong());
        case "commit" -> new WatchEvent.Committed(commit(json));
        case "bookmark" -> new WatchEvent.Bookmark(position(json));
        case "reset" -> new WatchEvent.Reset(reason(text(json, "reason")));
        default -> throw new ProtocolException("no event is called '" + name + "'");
      };
    } catch (JsonProcessingException | DateTimeParseException e) {
      throw new ProtocolException("data of a " + name + " event: " + e.getMessage(), e);
    }
  }

  private static Commit commit(JsonNode json) {
    List<Change> changes = new ArrayList<>();
    for (JsonNode change : field(json, "changes")) {
      changes.add(change(change));
    }
    return new Commit(
        json.hasNonNull("position") ? position(json) : null,
        json.hasNonNull("committedAt") ? Instant.parse(text(json, "committedAt")) : null,
        changes);
  }

  private static Change change(JsonNode json) {
    Op op =
        switch (text(json, "op")) {
          case "put" -> Op.PUT;
          case "delete" -> Op.DELETE;
          default -> throw new ProtocolException("no op is called " + json.get("op"));
        };
    if ((op == Op.PUT) != json.hasNonNull("value")) {
      throw new ProtocolException("a value goes with a put only: " + json);
    }
    return new Change(op, item(json), prev(json));
  }

  private static @Nullable Prev prev(JsonNode json) {
    JsonNode prev = json.get("prev");
    if (prev == null) {
      return null;
    }
    boolean known = !json.path("prevUnknown").asBoolean();
    return prev.isNull()
        ? new Prev(null, 0, known)
        : new Prev(text(prev, "value"), field(prev, "revision").asLong(), known);
  }

  private static List<Item> items(JsonNode array) {
    List<Item> items = new ArrayList<>(array.size());
    for (JsonNode item : array) {
      items.add(item(item));
    }
    return items;
  }

  private static Item item(JsonNode json) {
    return new Item(
        text(json, "key"),
        json.path("value").textValue(),
        field(json, "revision").asLong(),
        field(json, "createRevision").asLong(),
        field(json, "version").asLong(),
        field(json, "createTime").asLong(),
        json.path("author").textValue(),
        json.path("note").textValue());
  }

  private static Position position(JsonNode json) {
    String text = text(json, "position");
    return Position.parse(text)
        .orElseThrow(() -> new ProtocolException("'" + text + "' is no position"));
  }

  private static ResetReason reason(String word) {
    return ResetReason.ofWire(word)
        .orElseThrow(() -> new ProtocolException("no reset has the reason '" + word + "'"));
  }

  private static String text(JsonNode json, String name) {
    String text = field(json, name).textValue();
    if (text == null) {
      throw new ProtocolException("field '" + name + "' is no string: " + json);
    }
    return text;
  }

  private static JsonNode field(JsonNode json, String name) {
    JsonNode field = json.get(name);
    if (field == null) {
      throw new ProtocolException("no field '" + name + "' in " + json);
    }
    return field;
  }
}
