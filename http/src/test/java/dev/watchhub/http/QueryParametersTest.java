package dev.watchhub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryParametersTest {
  private static QueryParameters parse(String query) {
    return QueryParameters.parse(query, Set.of("rev", "prefix"));
  }

  @Test
  void decodesWhatWasGivenAndLeavesOutWhatWasNot() {
    QueryParameters query = parse("prefix=/a+b%2B%C3%A9&&rev=7");
    assertThat(query.text("prefix")).contains("/a b+é");
    assertThat(query.number("rev", 1, 9)).hasValue(7);
    assertThat(QueryParameters.parse(null, Set.of("rev")).number("rev", 1, 9)).isEmpty();
    assertThat(parse("").text("prefix")).isEmpty();
    assertThat(parse("prefix").text("prefix")).contains("");
    assertThat(parse("prefix=a=b").text("prefix")).contains("a=b");
  }

  @ParameterizedTest
  @CsvSource({
    "other=1, other",
    "rev=1&rev=2, rev",
    "prefix=%F, prefix",
    "prefix=%+f, prefix",
    "prefix=%ff, prefix",
    "%zz=1, query"
  })
  void namesTheParameterThatItCannotTake(String query, String field) {
    assertThatThrownBy(() -> parse(query))
        .asInstanceOf(type(ProblemException.class))
        .satisfies(e -> assertThat(e.problem().status()).isEqualTo(400))
        .satisfies(e -> assertThat(e.problem().more()).containsEntry("field", field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "10", "-1", "+1", "1.0", "1e0", " 1", "٣", "99999999999999999999"})
  void takesAWholeNumberWithinItsRangeOnly(String text) {
    assertThatThrownBy(() -> parse("rev=" + text.replace("+", "%2B")).number("rev", 1, 9))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("'rev' is '" + text + "'; expected a whole number from 1 to 9");
  }
}
