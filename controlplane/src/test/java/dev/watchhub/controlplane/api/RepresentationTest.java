package dev.watchhub.controlplane.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepresentationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "TEXT/PLAIN",
        "text/plain; charset=utf-8",
        "text/*",
        "text/plain, */*",
        "text/plain;q=0.5, application/json;q=0.4",
        "text/html, text/plain;q=0.1"
      })
  void answersInLinesWhenTheyArePreferred(String accept) {
    assertThat(Representation.of(accept)).isEqualTo(Representation.LINES);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*/*",
        "application/json",
        "application/json, text/plain, */*",
        "text/plain;q=0.5, application/json",
        "text/plain;q=0",
        "text/plain;q=0, */*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/plain;q=much",
        ";;,,q=1"
      })
  void answersInJsonOtherwise(String accept) {
    assertThat(Representation.of(accept)).isEqualTo(Representation.JSON);
  }

  @Test
  void answersInJsonWhenNothingWasAskedFor() {
    assertThat(Representation.of(null)).isEqualTo(Representation.JSON);
  }
}
