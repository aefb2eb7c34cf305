package dev.watchhub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestPathTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                   | ``",
        "/                    | /",
        "/a%2Fb               | /a/b",
        "/a%2fb               | /a/b",
        "/100%25              | /100%",
        "/%2525               | /%25",
        "/a+b                 | /a+b",
        "/a%20b%2B            | /a b+",
        "/a;b=c\\d            | /a;b=c\\d",
        "/../a//b/.           | /../a//b/.",
        "/%C3%A9%e6%97%a5     | /é日",
        "/%F0%9F%98%80😀      | /😀😀",
        "/é                   | /é"
      })
  void decodesEscapesAndNothingElse(String raw, String path) {
    assertThat(RequestPath.decode(raw)).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "/%, has a '%' without two hexadecimal digits",
    "/%4, has a '%' without two hexadecimal digits",
    "/a%, has a '%' without two hexadecimal digits",
    "/%%41, has a '%' without two hexadecimal digits",
    "/%4G, has a '%' without two hexadecimal digits",
    "/%+4, has a '%' without two hexadecimal digits",
    "/%-1, has a '%' without two hexadecimal digits",
    "/%٣٣, has a '%' without two hexadecimal digits",
    "/%FF, is not UTF-8 once decoded",
    "/%C3, is not UTF-8 once decoded",
    "/%C3/%A9, is not UTF-8 once decoded",
    "/%C0%AF, is not UTF-8 once decoded",
    "/%ED%A0%80, is not UTF-8 once decoded",
    "/%F5%80%80%80, is not UTF-8 once decoded",
    "/a\uFFFD, is not UTF-8"
  })
  void saysWhatIsWrongWithAnEscape(String raw, String why) {
    assertThatThrownBy(() -> RequestPath.decode(raw))
        .hasMessage("the path '" + raw + "' " + why)
        .asInstanceOf(type(ProblemException.class))
        .satisfies(e -> assertThat(e.problem().status()).isEqualTo(400))
        .satisfies(e -> assertThat(e.problem().more()).containsEntry("field", "path"));
  }

  /** Written by hand, since the JDK's encoder is for forms. */
  @Test
  void decodesEveryByteThatWasEncoded() {
    StringBuilder encoded = new StringBuilder();
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < 128; i++) {
      encoded.append("%%%02x".formatted(i));
      plain.append((char) i);
    }
    assertThat(RequestPath.decode(encoded.toString())).isEqualTo(plain.toString());
  }
}
