package dev.watchhub.protocol;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Change.Prev;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the data of one kind of event, strictly; fields that it does not know are passed over.
 *
 * <p>What it says of malformed data names fields and kinds, never values, which may be secret.
 */
final class EventParser {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final String name;

  /** A reader of the events that are called {@code name}. */
  EventParser(String name) {
    this.name = name;
  }

  WatchEvent parse(String data) {
    JsonNode json = json(data);
    return switch (name) {
      case "snapshot" -> new WatchEvent.Snapshot(items(json));
      case "synced" -> new WatchEvent.Synced(position(json), number(json, "count"));
      case "commit" -> new WatchEvent.Committed(commit(json));
      case "bookmark" -> new WatchEvent.Bookmark(position(json));
      case "reset" -> new WatchEvent.Reset(reason(json));
      default -> throw new ProtocolException("no event is called '" + name + "'");
    };
  }

  private JsonNode json(String data) {
    try {
      return MAPPER.readTree(data);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new ProtocolException(
          "the data of a '%s' event is no JSON%s"
              .formatted(name, at == null ? "" : ": character " + at.getCharOffset()));
    }
  }

  private Commit commit(JsonNode json) {
    List<Change> changes = new ArrayList<>();
    for (JsonNode change : array(json, "changes")) {
      changes.add(change(change));
    }
    if (changes.isEmpty()) {
      throw wrong("changes", "empty", "at least one");
    }
    return new Commit(
        isGiven(json, "position") ? position(json) : null,
        isGiven(json, "committedAt") ? time(json) : null,
        changes);
  }

  private Change change(JsonNode json) {
    String word = text(json, "op");
    Op op =
        switch (word) {
          case "put" -> Op.PUT;
          case "delete" -> Op.DELETE;
          default -> throw wrong("op", "another word", "put or delete");
        };
    if (op == Op.DELETE && isGiven(json, "value")) {
      throw wrong("value", "given", "none in a delete");
    }
    return new Change(op, item(json, op == Op.PUT ? text(json, "value") : null), prev(json));
  }

  private @Nullable Prev prev(JsonNode json) {
    if (json.get("prev") == null) {
      return null;
    }
    JsonNode unknown = json.path("prevUnknown");
    if (!unknown.isMissingNode() && !unknown.isBoolean()) {
      throw wrong("prevUnknown", kind(unknown), "a boolean");
    }
    boolean known = !unknown.asBoolean();
    if (!isGiven(json, "prev")) {
      return new Prev(null, 0, known);
    }
    JsonNode prev = field(json, "prev");
    return new Prev(text(prev, "value"), number(prev, "revision"), known);
  }

  private List<Item> items(JsonNode json) {
    List<Item> items = new ArrayList<>();
    for (JsonNode item : array(json, "items")) {
      items.add(item(item, text(item, "value")));
    }
    return items;
  }

  private Item item(JsonNode json, @Nullable String value) {
    return new Item(
        text(json, "key"),
        value,
        number(json, "revision"),
        number(json, "createRevision"),
        number(json, "version"),
        number(json, "createTime"),
        isGiven(json, "author") ? text(json, "author") : null,
        isGiven(json, "note") ? text(json, "note") : null);
  }

  private Position position(JsonNode json) {
    return Position.parse(text(json, "position"))
        .orElseThrow(() -> wrong("position", "another text", "a position"));
  }

  private Instant time(JsonNode json) {
    try {
      return Instant.parse(text(json, "committedAt"));
    } catch (DateTimeParseException e) {
      throw wrong("committedAt", "another text", "a time in ISO 8601, in UTC");
    }
  }

  private ResetReason reason(JsonNode json) {
    return ResetReason.ofWire(text(json, "reason"))
        .orElseThrow(() -> wrong("reason", "another word", "a reason for a reset"));
  }

  /** Whether an optional field is there; null stands for one that is not. */
  private static boolean isGiven(JsonNode json, String field) {
    return json.hasNonNull(field);
  }

  private JsonNode array(JsonNode json, String field) {
    JsonNode value = field(json, field);
    if (!value.isArray()) {
      throw wrong(field, kind(value), "an array");
    }
    return value;
  }

  private String text(JsonNode json, String field) {
    JsonNode value = field(json, field);
    if (!value.isTextual()) {
      throw wrong(field, kind(value), "a string");
    }
    return value.textValue();
  }

  private long number(JsonNode json, String field) {
    JsonNode value = field(json, field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(field, kind(value), "a whole number of 64 bits");
    }
    return value.longValue();
  }

  private JsonNode field(JsonNode json, String field) {
    JsonNode value = json.get(field); // null also where json is no object
    if (value == null) {
      throw wrong(field, "missing", "one");
    }
    return value;
  }

  private static String kind(JsonNode value) {
    return value.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private ProtocolException wrong(String field, String found, String expected) {
    return new ProtocolException(
        "in a '%s' event, '%s' is %s; expected %s".formatted(name, field, found, expected));
  }
}
