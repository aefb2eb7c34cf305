package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.watchhub.http.Excerpt;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the body of {@code POST /txn} into what the database's function takes: each value becomes
 * the text to store, once its collection has checked it. One object reads one body.
 */
final class TxnBody {
  /**
   * What the database's function takes.
   *
   * @param checksReferences whether it may write a reference, or delete what is referred to
   */
  record Request(String json, boolean checksReferences) {}

  /** Most keys that a transaction may name. */
  static final int MAX_KEYS = 5000;

  private final String body;
  private final KeySpaces spaces;
  private final int maxValueBytes;
  private final Set<String> keys = new HashSet<>();
  private final StringWriter request = new StringWriter();
  private final JsonParser in;
  private final JsonGenerator out;
  private boolean checksReferences;

  private TxnBody(String body, KeySpaces spaces, int maxValueBytes) throws IOException {
    this.body = body;
    this.spaces = spaces;
    this.maxValueBytes = maxValueBytes;
    this.in = JsonText.parser(body);
    this.out = JsonText.generator(request);
  }

  /**
   * The request for the database.
   *
   * @param maxValueBytes longest value as it is stored
   * @throws ProblemException 400 naming what is wrong and where, or 413 for a value that is too
   *     long
   */
  static Request request(String body, KeySpaces spaces, int maxValueBytes) {
    try {
      TxnBody reading = new TxnBody(body, spaces, maxValueBytes);
      reading.transaction();
      return new Request(reading.request.toString(), reading.checksReferences);
    } catch (JsonProcessingException e) {
      throw JsonValues.notJson(e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading JSON from memory", e);
    }
  }

  private void transaction() throws IOException {
    in.nextToken();
    expect(JsonToken.START_OBJECT, "body", "an object with compare, then and else");
    out.writeStartObject();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String list = in.currentName();
      if (!Set.of("compare", "then", "else").contains(list)) {
        throw bad(list, "is not known; expected compare, then and else");
      }
      in.nextToken();
      expect(JsonToken.START_ARRAY, list, "an array");
      out.writeArrayFieldStart(list);
      Set<String> written = new HashSet<>();
      for (int i = 0; in.nextToken() != JsonToken.END_ARRAY; i++) {
        String at = list + "[" + i + "]";
        expect(JsonToken.START_OBJECT, at, "an object");
        if (list.equals("compare")) {
          compare(at);
        } else {
          write(at, written);
        }
      }
      out.writeEndArray();
    }
    out.writeEndObject();
    out.close();
    if (in.nextToken() != null) {
      throw bad("body", "goes on after its end");
    }
  }

  private void compare(String at) throws IOException {
    Map<String, String> fields = fields(at, Set.of("key", "revision", "exists", "value"));
    String key = key(at, fields);
    if (fields.size() != 2) {
      throw bad(at, "expected 'key' and one of 'revision', 'exists' and 'value'");
    }
    out.writeStartObject();
    out.writeStringField("key", key);
    @Nullable String revision = fields.get("revision");
    @Nullable String exists = fields.get("exists");
    @Nullable String value = fields.get("value");
    if (revision != null) {
      if (!revision.matches("[0-9]{1,18}")) {
        throw bad(at + ".revision", "expected a revision, or 0 for a key that is not there");
      }
      out.writeNumberField("revision", Long.parseLong(revision));
    } else if (exists != null) {
      if (!exists.equals("true") && !exists.equals("false")) {
        throw bad(at + ".exists", "expected true or false");
      }
      out.writeBooleanField("exists", exists.equals("true"));
    } else if (value != null) {
      out.writeStringField("value", stored(at + ".value", key, value).text());
    }
    out.writeEndObject();
  }

  private void write(String at, Set<String> written) throws IOException {
    String operation = in.nextToken() == JsonToken.FIELD_NAME ? in.currentName() : "";
    if (!operation.equals("put") && !operation.equals("delete")) {
      throw bad(at, "expected 'put' or 'delete'");
    }
    boolean put = operation.equals("put");
    String place = at + "." + operation;
    in.nextToken();
    expect(JsonToken.START_OBJECT, place, "an object");
    Map<String, String> fields = fields(place, put ? Set.of("key", "value") : Set.of("key"));
    String key = key(place, fields);
    if (!written.add(key)) {
      throw bad(place + ".key", "writes '" + Excerpt.of(key) + "' a second time");
    }
    out.writeStartObject();
    out.writeObjectFieldStart(operation);
    out.writeStringField("key", key);
    if (put) {
      @Nullable String value = fields.get("value");
      if (value == null) {
        throw bad(place, "expected 'value'");
      }
      StoredValue stored = stored(place + ".value", key, value);
      checksReferences |= stored.refers();
      out.writeStringField("value", stored.text());
    } else {
      checksReferences |= spaces.of(key).values().referredTo();
    }
    out.writeEndObject();
    out.writeEndObject();
    if (in.nextToken() != JsonToken.END_OBJECT) {
      throw bad(at, "expected one of 'put' and 'delete'");
    }
  }

  /** The fields of the object that was begun, each with its value's text as it was sent. */
  private Map<String, String> fields(String at, Set<String> known) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      if (!known.contains(name)) {
        throw bad(at + "." + Excerpt.of(name), "is not known here");
      }
      in.nextToken();
      int begin = Math.toIntExact(in.currentTokenLocation().getCharOffset());
      in.skipChildren();
      in.finishToken(); // a string is read only when it is asked for
      int end = Math.toIntExact(in.currentLocation().getCharOffset());
      fields.put(name, body.substring(begin, end));
    }
    return fields;
  }

  private String key(String at, Map<String, String> fields) throws IOException {
    @Nullable String key = text(at + ".key", fields.getOrDefault("key", ""));
    if (key == null) {
      throw bad(at, "expected 'key', a string");
    }
    KeySpace.checked(at + ".key", key);
    if (keys.add(key) && keys.size() > MAX_KEYS) {
      throw bad(at, "is about key number " + keys.size() + "; " + MAX_KEYS + " are the most");
    }
    return key;
  }

  /** What to store for a value. */
  private StoredValue stored(String at, String key, String json) throws IOException {
    Values values = spaces.of(key).values();
    String sent = json;
    if (!values.json()) {
      @Nullable String text = text(at, json);
      if (text == null) {
        throw bad(at, "expected a string");
      }
      sent = text;
    }
    try {
      StoredValue stored = values.stored(sent);
      KeySpaceCalls.requireLength(stored.text(), maxValueBytes);
      return stored;
    } catch (ProblemException e) {
      Map<String, Object> more = new LinkedHashMap<>(e.problem().more());
      Object field = more.getOrDefault("field", "body");
      more.put("field", field.equals("body") ? at : at + "." + field);
      throw new ProblemException(
          new Problem(
              e.problem().type(), e.problem().status(), at + ": " + e.problem().detail(), more));
    }
  }

  /** The text of a JSON string; null if {@code json} is none. */
  private static @Nullable String text(String at, String json) throws IOException {
    if (!json.startsWith("\"")) {
      return null;
    }
    String text = JsonText.parse(json).textValue();
    if (!UTF_8.newEncoder().canEncode(text)) {
      throw bad(at, "has half of a surrogate pair, which is no character");
    }
    return text;
  }

  private void expect(JsonToken token, String at, String expected) {
    if (in.currentToken() != token) {
      throw bad(at, "expected " + expected);
    }
  }

  private static ProblemException bad(String at, String detail) {
    return new ProblemException(Problem.badField(at, "'" + at + "': " + detail));
  }
}
