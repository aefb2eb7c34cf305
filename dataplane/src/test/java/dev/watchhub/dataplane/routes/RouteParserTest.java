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
    return good(RouteParser.parse(Rows.row("foo", 7, value)));
  }

  private static <T> T good(ReadValue<T> read) {
    assertThat(read).isInstanceOf(ReadValue.Good.class);
    return ((ReadValue.Good<T>) read).value();
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
        Map.entry(uri + "{\"url\":\"http://a\"}}", "or an object with 'ref'"),
        Map.entry(uri + "{\"ref\":\"secret\",\"x\":1}}", "nothing beside 'ref'"),
        Map.entry(uri + "{\"ref\":null}}", "'ref' in 'upstream' must be a non-empty string"),
        Map.entry(uri + "{\"ref\":\"\"}}", "'ref' in 'upstream' must be a non-empty string"),
        Map.entry(uri + "{\"ref\":[\"secret\"]}}", "must be a non-empty string"),
        Map.entry(uri + "{\"ref\":\"/secret\"}}", "makes a key that must not contain an empty"),
        Map.entry(uri + "{\"ref\":\"secret/../a\"}}", "'.' or '..' segment"),
        Map.entry(uri + "{\"ref\":\"secret\\u0000\"}}", "control characters"),
        Map.entry(uri + "{\"ref\":\"" + "a".repeat(502) + "\"}}", "at most 512 bytes"),
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
    assertBad(RouteParser.parse(Rows.row("foo", 7, bad.getKey())), bad.getValue());
  }

  private static <T> void assertBad(ReadValue<T> read, String expected) {
    assertThat(read).isInstanceOf(ReadValue.Bad.class);
    String reason = ((ReadValue.Bad<T>) read).refused().reason();
    assertThat(reason).contains(expected).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({"a, /upstreams/a", "team/a b%c, /upstreams/team/a b%c", "ü, /upstreams/ü"})
  void readsAReference(String name, String key) {
    Route route = good("{\"uri\":\"/get\",\"upstream\":{\"ref\":\"" + name + "\"}}");

    assertThat(route.destination()).isEqualTo(new UpstreamRef(key));
    assertThat(route).hasToString("/routes/foo rev=7 /get -> " + key);
    assertThat(((UpstreamRef) route.destination()).name()).isEqualTo(name);
  }

  @Test
  void readsAnUpstreamThatRoutesShareAsJsonOrItsBase64() {
    String value =
        "{\"nodes\":[{\"url\":\"http://a\",\"weight\":2},{\"url\":\"http://b\"}],\"x\":1}";
    String base64 = Base64.getEncoder().encodeToString(value.getBytes(UTF_8));
    for (String form : List.of(value, base64)) {
      SharedUpstream read = good(UpstreamParser.parse(Rows.upstream("foo", 7, form)));
      assertThat(read).hasToString("/upstreams/foo rev=7 nodes=http://a x2, http://b");
      assertThat(read.value()).isEqualTo(form);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "secret|neither a JSON object nor",
        "[]|neither a JSON object nor",
        "{}|'nodes' is missing",
        "{'nodes':null}|'nodes' is missing",
        "{'nodes':'http://secret'}|'nodes' must be a non-empty array",
        "{'nodes':[]}|'nodes' must be a non-empty array",
        "{'nodes':['http://secret']}|each of 'nodes' must be an object with 'url'",
        "{'nodes':[{'url':'secret'}]}|'url' in 'nodes' must be an http or https URL",
        "{'nodes':[{'url':'http://a','weight':0}]}|'weight' must be a whole number",
        "{'nodes':[{'url':'http://a'},{'url':'http://a:80'}]}|each of 'nodes' must have another"
      })
  void saysWhatIsWrongWithAnUpstream(String value, String expected) {
    assertBad(UpstreamParser.parse(Rows.upstream("foo", 7, value.replace('\'', '"'))), expected);
  }

  static List<RouteValue> values() {
    return RouteValue.table();
  }

  @ParameterizedTest
  @MethodSource("values")
  void takesWhatTheTableSays(RouteValue row) {
    ReadValue<Route> read = RouteParser.parse(Rows.row("foo", 7, row.value()));

    assertThat(read)
        .isInstanceOf(
            row.verdict() == RouteValue.Verdict.REFUSED
                ? ReadValue.Bad.class
                : ReadValue.Good.class);
  }
}
