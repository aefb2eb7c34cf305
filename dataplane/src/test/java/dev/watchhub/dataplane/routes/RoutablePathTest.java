package dev.watchhub.dataplane.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.http.ProblemException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutablePathTest {
  @ParameterizedTest
  @CsvSource({
    "/, /, /",
    "/get, /get, /get",
    "/a/b/, /a/b/, /a/b/",
    "/a/.well-known/x, /a/.well-known/x, /a/.well-known/x",
    "/a/../b, /b, /b",
    "/a/./b, /a/b, /a/b",
    "/a/b/.., /a/, /a/",
    "/a/.., /, /",
    "/%2e%2E/%2e, , ",
    "/a/%2e%2E/b, /b, /b",
    "//a///b//, /a/b/, /a/b/",
    "/%61dmin, /admin, /%61dmin",
    "/a%2Fb, /a/b, /a%2Fb",
    "/a%2fb/../c, /c, /c",
    "/100%25, /100%, /100%25",
    "/caf%C3%A9, /café, /caf%C3%A9",
    "/a;x=1/b;y, /a/b, /a;x=1/b;y",
    "/a/.../b, /a/.../b, /a/.../b"
  })
  void matchesAndForwardsOneForm(String raw, String matched, String forwarded) {
    if (matched == null) {
      assertThatThrownBy(() -> RoutablePath.of(raw)).isInstanceOf(ProblemException.class);
    } else {
      assertThat(RoutablePath.of(raw)).isEqualTo(new RoutablePath(matched, forwarded));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "a",
        "/..",
        "/a/../../b",
        "/a/..;/b",
        "/a/..;x=1/b",
        "/a/;x/b",
        "/a%2F..%2Fb",
        "/a%2F%2Fb",
        "/a%2F",
        "/a/%2e%2e%2fb",
        "/a\\b",
        "/a%5Cb",
        "/a%00",
        "/a%0d%0aX:1",
        "/a%7F",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%ff",
        "/users;%2F../admin",
        "/public;%2F..%2Fadmin",
        "/a;%5C..",
        "/a;\\..\\b",
        "/a;%zz",
        "/a;%0d",
        "/a%C0%AF",
        "/é",
        "/a b"
      })
  void refusesWhatAnUpstreamMightTakeForAnotherPath(String raw) {
    assertThatThrownBy(() -> RoutablePath.of(raw))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(400));
  }

  @Test
  void whatIsForwardedMatchesWhatWasMatched() {
    String[] pieces = {
      "/", "/", ".", "..", "a", "b%20", "%2e", "%2F", "%25", ";", "x", "%41", "%C3%A9", "~"
    };
    Random random = new Random(42);
    int accepted = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder raw = new StringBuilder("/");
      for (int n = random.nextInt(8); n > 0; n--) {
        raw.append(pieces[random.nextInt(pieces.length)]);
      }
      RoutablePath path;
      try {
        path = RoutablePath.of(raw.toString());
      } catch (ProblemException e) {
        continue;
      }
      accepted++;
      assertThat(RoutablePath.of(path.forwarded())).as(raw.toString()).isEqualTo(path);
      assertThat(path.matched()).as(raw.toString()).doesNotContain("//", "/../", "/./");
      assertThat(path.matched()).as(raw.toString()).doesNotEndWith("/..");
      for (int at = path.matched().indexOf('/', 1);
          at > 0;
          at = path.matched().indexOf('/', at + 1)) {
        String rest = path.without(path.matched().substring(0, at));
        assertThat(RoutablePath.of(rest).matched())
            .as(raw.toString())
            .isEqualTo(path.matched().substring(at));
      }
    }
    assertThat(accepted).isGreaterThan(50_000);
  }

  @ParameterizedTest
  @CsvSource({
    "/users/7, /users, /7",
    "/users/, /users, /",
    "/users/7/, '', /users/7/",
    "/a/b/c%20d, /a/b, /c%20d",
    "/a%2Fb/c, /a/b, /c",
    "/a/b%2fc/d, /a/b, /c/d",
    "/a;x=1/b;y=2/c;z=3, /a/b, /c;z=3",
    "/./a//b/../c, /a, /c"
  })
  void takesAPrefixOff(String raw, String prefix, String rest) {
    assertThat(RoutablePath.of(raw).without(prefix)).isEqualTo(rest);
  }
}
