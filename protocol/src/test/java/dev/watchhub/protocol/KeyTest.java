package dev.watchhub.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a",
        "/routes/foo",
        "/a/b/c",
        "/...",
        "/.a",
        "/a.",
        "/..a",
        "/ ",
        "/a b",
        "/%2F",
        "/100%_a",
        "/a;b\\c",
        "/日本/😀",
        "/\u00a0",
        "/\ufeff",
        "/it's \"x\""
      })
  void takes(String key) {
    assertThat(Key.violation(key)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", " /a", "\\a", "%2Fa"})
  void refusesWhatDoesNotStartWithASlash(String key) {
    assertThat(Key.violation(key)).contains("must start with '/'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "//", "/a/", "/a//b", "//a", "/.", "/a/./b", "/a/..", "/../a"})
  void refusesAnEmptyOrRelativeSegment(String key) {
    assertThat(Key.violation(key)).contains("must not contain an empty, '.' or '..' segment");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9, 10, 13, 31, 127, 128, 133, 159})
  void refusesControlCharacters(int character) {
    assertThat(Key.violation("/a" + (char) character + "b"))
        .contains("must not contain control characters");
  }

  @Test
  void countsBytesAndNotCharacters() {
    assertThat(Key.violation("/" + "a".repeat(511))).isEmpty();
    assertThat(Key.violation("/" + "a".repeat(512)))
        .contains("must have at most 512 bytes of UTF-8, has 513");
    assertThat(Key.violation("/a" + "é".repeat(255))).isEmpty();
    assertThat(Key.violation("/" + "é".repeat(256))).isPresent();
    assertThat(Key.violation("/abc" + "😀".repeat(127))).isEmpty();
    assertThat(Key.violation("/" + "😀".repeat(128))).isPresent();
  }
}
