package dev.watchhub.dataplane.routes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.testkit.RouteValue;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RouteParserTest {
  private static final String GOOD =
      "{\"uri\":\"/get\",\"upstream\":\"http://127.0.0.1:9380\",\"unknown\":{\"x\":1}}";

  private static Route good(String value) {
    ReadRoute read = RouteParser.parse(Rows.row("foo", 7, value));
    assertThat(read).isInstanceOf(ReadRoute.Good.class);
    return ((ReadRoute.Good) read).route();
  }

  @Test
  void readsJsonAndItsBase64Alike() {
    Route route = good(GOOD);

    assertThat(route).hasToString("/routes/foo rev=7 /get -> http://127.0.0.1:9380");
    assertSame(good("\n " + GOOD), route);
    assertSame(good(Base64.getEncoder().encodeToString(GOOD.getBytes(UTF_8))), route);
    assertSame(
        good(Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(GOOD.getBytes(UTF_8))),
        route);
  }

  private static void assertSame(Route read, Route expected) {
    assertThat(read).usingRecursiveComparison().ignoringFields("value").isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "http://a, http, a, 80, ''",
    "https://a/, https, a, 443, ''",
    "HTTP://a:81/base/, http, a, 81, /base",
    "http://[::1]:82/b/c, http, [::1], 82, /b/c"
  })
  void readsAnUpstream(String text, String scheme, String host, int port, String base) {
    assertThat(UpstreamNode.parse(text, 1, "'upstream'"))
        .isEqualTo(new UpstreamNode(scheme, host, port, base, 1, text));
  }

  static Stream<Map.Entry<String, String>> badValues() {
    String upstream = ",\"upstream\":\"http://a\"}";
    String uri = "{\"uri\":\"/get\",\"upstream\":";
    return Stream.of(
        Map.entry("", "neither a JSON object nor"),
        Map.entry("{", "no JSON, line 1"),
        Map.entry("{}{}", "no JSON"),
        Map.entry("secret", "neither a JSON object nor"),
        Map.entry("c2VjcmV0", "neither a JSON object nor"),
        Map.entry("W10=", "neither a JSON object nor"),
        Map.entry("{}", "'uri' is missing"),
        Map.entry("{\"uri\":null" + upstream, "'uri' is missing"),
        Map.entry("{\"uri\":1" + upstream, "'uri' must be a non-empty string"),
        Map.entry("{\"uri\":\"\"" + upstream, "'uri' must be a non-empty string"),
        Map.entry("{\"uri\":\"/a\",\"uri\":\"/b\"" + upstream, "no JSON"),
        Map.entry("{\"uri\":\"get\"" + upstream, "'uri' must start with '/'"),
        Map.entry("{\"uri\":\"/a*\"" + upstream, "'*' only as its end"),
        Map.entry("{\"uri\":\"/*/a\"" + upstream, "'*' only as its end"),
        Map.entry("{\"uri\":\"/a//b\"" + upstream, "empty, '.' or '..'"),
        Map.entry("{\"uri\":\"//*\"" + upstream, "empty, '.' or '..'"),
        Map.entry("{\"uri\":\"/a/%2e%2e/b\"" + upstream, "empty, '.' or '..'"),
        Map.entry("{\"uri\":\"/a?b\"" + upstream, "'uri' must be a path"),
        Map.entry("{\"uri\":\"/a%0a\"" + upstream, "control character"),
        Map.entry("{\"uri\":\"/a%zz\"" + upstream, "percent"),
        Map.entry("{\"uri\":\"/get\"}", "'upstream' is missing"),
        Map.entry(uri + "[]}", "'upstream' must be a non-empty string or array"),
        Map.entry(uri + "{}}", "'upstream' must be a non-empty string or array"),
        Map.entry(uri + "[\"http://a\"]}", "must be an object with 'url'"),
        Map.entry(uri + "[{}]}", "must have a 'url'"),
        Map.entry(uri + "[{\"url\":\"secret\"}]}", "'url' in 'upstream' must be an http"),
        Map.entry(uri + "[{\"url\":\"http://a\",\"weight\":0}]}", "'weight' must be"),
        Map.entry(uri + "[{\"url\":\"http://a\",\"weight\":1.5}]}", "'weight' must be"),
        Map.entry(uri + "[{\"url\":\"http://a\",\"weight\":\"1\"}]}", "'weight' must be"),
        Map.entry(uri + "[{\"url\":\"http://a\"},{\"url\":\"http://a/\"}]}", "another 'url'"),
        Map.entry(uri + "\"http://a\",\"priority\":1001}", "'priority' must be"),
        Map.entry(uri + "\"http://a\",\"priority\":99999999999}", "'priority' must be"),
        Map.entry(uri + "\"http://a\",\"stripPrefix\":\"yes\"}", "must be true or false"),
        Map.entry(uri + "\"http://a\",\"stripPrefix\":true}", "needs a 'uri' that ends in"),
        Map.entry(uri + "\"http://a\",\"hostHeader\":\"a b\"}", "'hostHeader' must be"),
        Map.entry(uri + "\"http://a\",\"hostHeader\":\"a\\r\\nb\"}", "'hostHeader' must be"),
        Map.entry(uri + "\"http://a\",\"connectTimeoutMillis\":0}", "whole number of 1 to"),
        Map.entry(uri + "\"http://a\",\"responseTimeoutMillis\":3600001}", "number of 1 to"),
        Map.entry(uri + "\"a:80\"}", "http or https URL"),
        Map.entry(uri + "\"ftp://a\"}", "http or https URL"),
        Map.entry(uri + "\"http://\"}", "http or https URL"),
        Map.entry(uri + "\"http:///x\"}", "a host"),
        Map.entry(uri + "\"http://u:secret@a\"}", "without a user"),
        Map.entry(uri + "\"http://a?secret\"}", "a query"),
        Map.entry(uri + "\"http://a:0\"}", "port"),
        Map.entry(uri + "\"http://a:65536\"}", "port"),
        Map.entry(uri + "\"http://a/../b\"}", "segments"),
        Map.entry(uri + "\"http://a\",\"host\":\"a:80\"}", "'host' must be"),
        Map.entry(uri + "\"http://a\",\"host\":\"*\"}", "'host' must be"),
        Map.entry(uri + "\"http://a\",\"host\":true}", "'host' must be"),
        Map.entry(uri + "\"http://a\",\"methods\":\"GET\"}", "'methods' must be"),
        Map.entry(uri + "\"http://a\",\"methods\":[]}", "'methods' must be"),
        Map.entry(uri + "\"http://a\",\"methods\":[1]}", "'methods' must be"),
        Map.entry(uri + "\"http://a\",\"methods\":[\"get\"]}", "in capitals"));
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void saysWhatIsWrongAndQuotesNothing(Map.Entry<String, String> bad) {
    ReadRoute read = RouteParser.parse(Rows.row("foo", 7, bad.getKey()));

    assertThat(read).isInstanceOf(ReadRoute.Bad.class);
    String reason = ((ReadRoute.Bad) read).refused().reason();
    assertThat(reason).contains(bad.getValue()).doesNotContain("secret");
  }

  static List<RouteValue> values() {
    return RouteValue.table();
  }

  @ParameterizedTest
  @MethodSource("values")
  void takesWhatTheTableSays(RouteValue row) {
    ReadRoute read = RouteParser.parse(Rows.row("foo", 7, row.value()));

    assertThat(read)
        .isInstanceOf(
            row.verdict() == RouteValue.Verdict.REFUSED
                ? ReadRoute.Bad.class
                : ReadRoute.Good.class);
  }
}
