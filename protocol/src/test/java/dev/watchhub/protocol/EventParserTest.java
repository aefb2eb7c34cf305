package dev.watchhub.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed data is a {@link ProtocolException}, whatever is wrong with it. */
final class EventParserTest {
  private static final String POSITION = "69b1c2d3e4f50617-00000001-0000000001b374d8";
  private static final List<String> NAMES =
      List.of("snapshot", "synced", "commit", "bookmark", "reset");
  private static final String ITEM =
      """
      {"key":"/a","value":"s3cret","revision":1,"createRevision":1,"version":1,"createTime":1,\
      "author":"ann","note":"why"}""";
  private static final String COMMIT =
      """
      {"position":"%s","lsn":"0/1B374D8","committedAt":"2026-11-22T10:00:00.123456Z","changes":[\
      {"op":"put","key":"/a","value":"s3cret","revision":2,"createRevision":1,"version":2,\
      "createTime":1,"prev":{"value":"older s3cret","revision":1}},\
      {"op":"delete","key":"/b","revision":3,"createRevision":1,"version":0,"createTime":1,\
      "prev":null,"prevUnknown":true}]}"""
          .formatted(POSITION);

  private static void assertRefused(String name, String data) {
    assertThatThrownBy(() -> EventJson.event(name, data))
        .as("%s %s", name, data)
        .isInstanceOf(ProtocolException.class)
        .message()
        .contains("'" + name + "'")
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "true",
        "7",
        "\"text\"",
        "[]",
        "[{}]",
        "{}",
        "{",
        "{}}",
        "{} {}",
        "s3cret",
        "{\"s3cret\"",
        "{'a':1}",
        "\u0000",
        "{\"items\":[s3cret]}"
      })
  void refusesWhatIsNoObjectOfItsFields(String data) {
    NAMES.forEach(name -> assertRefused(name, data));
  }

  @Test
  void refusesANestingWithoutAnEnd() {
    NAMES.forEach(name -> assertRefused(name, "[".repeat(1_000_000)));
    assertRefused("snapshot", "{\"items\":" + "[".repeat(500) + "]".repeat(500) + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          snapshot | {"items":{}}
          snapshot | {"items":null}
          snapshot | {"items":"s3cret"}
          snapshot | {"items":[1]}
          snapshot | {"items":[null]}
          snapshot | {"items":[[]]}
          synced   | {"position":"P"}
          synced   | {"count":1}
          synced   | {"position":"P","count":"1"}
          synced   | {"position":"P","count":1.5}
          synced   | {"position":"P","count":null}
          synced   | {"position":"P","count":9223372036854775808}
          synced   | {"position":"P","count":1e999999999}
          synced   | {"position":"0/0","count":1}
          bookmark | {"position":null}
          bookmark | {"position":7}
          bookmark | {"position":["P"]}
          bookmark | {"position":""}
          commit   | {"changes":[]}
          commit   | {"changes":{}}
          commit   | {"changes":[{}]}
          reset    | {"reason":"s3cret"}
          reset    | {"reason":null}
          reset    | {"reason":{"a":1}}
          """)
  void refusesFieldsOfAnotherKind(String name, String data) {
    assertRefused(name, data.replace("\"P\"", '"' + POSITION + '"'));
  }

  @Test
  void namesTheFieldAndWhatWasExpected() {
    assertThatThrownBy(
            () -> EventJson.event("synced", "{\"position\":\"" + POSITION + "\",\"count\":\"1\"}"))
        .hasMessage("in a 'synced' event, 'count' is string; expected a whole number of 64 bits");
    assertThatThrownBy(() -> EventJson.event("news", "{}"))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("no event is called 'news'");
  }

  /** Takes one field after the other out, and puts something of every other kind into its place. */
  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "commit"})
  void needsEveryFieldThatIsNotOptional(String name) {
    String valid = name.equals("commit") ? COMMIT : "{\"items\":[" + ITEM + "]}";
    EventJson.event(name, valid);
    List<String> optional =
        List.of("author", "note", "position", "committedAt", "prev", "prevUnknown", "lsn");
    Matcher field =
        Pattern.compile("\"(\\w+)\":(\"[^\"]*\"|\\d+|null|true|(?=[\\[{]))").matcher(valid);
    int fields = 0;
    while (field.find()) {
      fields++;
      String key = field.group(1);
      String renamed = valid.substring(0, field.start(1)) + "x" + valid.substring(field.start(1));
      if (!optional.contains(key)) {
        assertRefused(name, renamed);
      }
      String old = field.group(2);
      for (String other : List.of("\"s3cret \"", "1.5", "false", "null")) {
        boolean same =
            (old.startsWith("\"") && other.startsWith("\""))
                || (optional.contains(key) && other.equals("null"))
                || key.equals("lsn")
                || (key.equals("prevUnknown") && other.equals("false"));
        if (!same && !old.isEmpty()) {
          assertRefused(
              name, valid.substring(0, field.start(2)) + other + valid.substring(field.end(2)));
        }
      }
    }
    assertThat(fields).isGreaterThan(8);
  }

  @Test
  void takesAValueWithAPutOnly() {
    assertRefused("commit", COMMIT.replace("\"op\":\"put\"", "\"op\":\"delete\""));
    assertRefused("commit", COMMIT.replace("\"op\":\"delete\"", "\"op\":\"put\""));
    assertRefused("commit", COMMIT.replace("\"op\":\"put\"", "\"op\":\"PUT\""));
  }

  @Test
  void passesOverFieldsOfALaterVersion() {
    assertThat(EventJson.event("commit", COMMIT.replace("\"op\"", "\"later\":[{}],\"op\"")))
        .isEqualTo(EventJson.event("commit", COMMIT));
  }

  @Test
  void refusesEveryPrefixOfAnEvent() {
    for (int length = 0; length < COMMIT.length(); length++) {
      assertRefused("commit", COMMIT.substring(0, length));
    }
  }

  @Test
  void throwsNothingElseWhateverComes() {
    Random random = new Random(9280);
    byte[] valid = COMMIT.getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = valid.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        bytes[random.nextInt(bytes.length)] =
            (byte) "{}[]\",:0e-x\\\n\u0000 ".charAt(random.nextInt(15));
      }
      String name = NAMES.get(random.nextInt(NAMES.size()));
      try {
        EventJson.event(name, new String(bytes, StandardCharsets.UTF_8));
      } catch (ProtocolException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(10_000, 19_999);
  }
}
