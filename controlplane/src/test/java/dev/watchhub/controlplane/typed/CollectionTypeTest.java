package dev.watchhub.controlplane.typed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.testkit.RouteValue;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectionTypeTest {
  static List<RouteValue> values() {
    return RouteValue.table();
  }

  private static JsonNode json(String text) throws IOException {
    return new JsonMapper().readTree(text.replace('\'', '"'));
  }

  private static List<String> pointers(CollectionType type, String value) throws IOException {
    return type.faults(json(value)).stream().map(ValueFault::pointer).toList();
  }

  @ParameterizedTest
  @MethodSource("values")
  void takesTheRoutesThatTheTableSays(RouteValue row) throws Exception {
    List<ValueFault> faults = CollectionType.ROUTES.faults(json(row.value()));

    assertThat(faults.isEmpty())
        .as(faults.toString())
        .isEqualTo(row.verdict() == RouteValue.Verdict.TAKEN);
  }

  @Test
  void pointsAtEveryFault() throws Exception {
    String route =
        """
        {'uri':'/a b','upstream':[{'url':'http://a','weight':0},{'url':'ftp://b'},{'zone':1},
        {'url':'http://a:80/'}],'methods':['GET','get'],'stripPrefix':true,'a/b~c':1}
        """;
    assertThat(pointers(CollectionType.ROUTES, route))
        .containsExactlyInAnyOrder(
            "/uri",
            "/upstream/0/weight",
            "/upstream/1/url",
            "/upstream/2/url",
            "/upstream/2/zone",
            "/upstream/3/url",
            "/methods/1",
            "/stripPrefix",
            "/a~1b~0c");
  }

  @Test
  void saysWhatIsThereAndWhatWasExpected() throws Exception {
    assertThat(CollectionType.ROUTES.faults(json("{'uri':'a','upstream':'http://a'}")))
        .singleElement()
        .extracting(ValueFault::detail)
        .asString()
        .startsWith("'uri' is 'a'; expected a path that starts with '/'");
    assertThat(CollectionType.ROUTES.faults(json("{'uri':'/a'}")))
        .singleElement()
        .extracting(ValueFault::detail)
        .asString()
        .startsWith("'upstream' is missing; expected a URL");
    assertThat(CollectionType.ROUTES.faults(json("{'uri':'/a','upstream':'http://a','b':1}")))
        .singleElement()
        .extracting(ValueFault::detail)
        .asString()
        .startsWith("'b' is not known; expected only [connectTimeoutMillis,");
    assertThat(CollectionType.ROUTES.faults(json("7")))
        .singleElement()
        .extracting(ValueFault::detail)
        .asString()
        .startsWith("the value is 7; expected a route");
  }

  private static String referring(String upstream) {
    return "{'uri':'/a','upstream':" + upstream + "}";
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "pool/a", "ä b;c%", "*"})
  void takesAReferenceToAnyKeyOfAnUpstream(String name) throws Exception {
    String route = referring("{'ref':'" + name + "'}");
    assertThat(CollectionType.ROUTES.faults(json(route))).isEmpty();
    assertThat(CollectionType.ROUTES.refers(json(route))).isTrue();

    String longest = "a".repeat(501);
    assertThat(CollectionType.ROUTES.faults(json(referring("{'ref':'" + longest + "'}"))))
        .isEmpty();
  }

  @Test
  void knowsWhichCollectionsHaveReferences() throws Exception {
    JsonNode plain = json(referring("'http://a'"));
    assertThat(CollectionType.ROUTES.refers(plain)).isFalse();
    assertThat(CollectionType.ROUTES.isReferredTo()).isFalse();
    assertThat(CollectionType.UPSTREAMS.refers(json(referring("{'ref':'a'}")))).isFalse();
    assertThat(CollectionType.UPSTREAMS.isReferredTo()).isTrue();
  }

  static List<String> namesOfNoKey() {
    return List.of("", "/", "/a", "a/", "a//b", ".", "a/../b", "a\\n", "\\ud800", "ä".repeat(251));
  }

  @ParameterizedTest
  @MethodSource("namesOfNoKey")
  void refusesAReferenceThatIsTheNameOfNoKey(String name) throws Exception {
    assertThat(CollectionType.ROUTES.faults(json(referring("{'ref':'" + name + "'}"))))
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.pointer()).isEqualTo("/upstream/ref");
              assertThat(fault.detail())
                  .endsWith(
                      "; expected the name of an upstream: what its key has after /upstreams/");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                   | /upstream/ref | 'upstream/ref' is missing; expected the name of",
        "{'ref':null}         | /upstream/ref | 'upstream/ref' is null; expected the name of an",
        "{'ref':1}            | /upstream/ref | 'upstream/ref' is 1; expected the name of an",
        "{'ref':'a','x':1}    | /upstream/x   | 'x' is not known; expected only [ref]",
        "{'url':'http://a'}   | /upstream/ref | 'upstream/ref' is missing; expected the name of",
        "7                    | /upstream     | 'upstream' is 7; expected a URL, an array of",
        "null                 | /upstream     | 'upstream' is null; expected a URL, an array of"
      })
  void pointsIntoAReference(String upstream, String pointer, String detail) throws Exception {
    assertThat(CollectionType.ROUTES.faults(json(referring(upstream))))
        .anySatisfy(
            fault -> {
              assertThat(fault.pointer()).isEqualTo(pointer);
              assertThat(fault.detail()).startsWith(detail);
            });
  }

  @Test
  void refusesAPathWithHalfOfACharacter() throws Exception {
    assertThat(pointers(CollectionType.ROUTES, "{'uri':'/\\ud800','upstream':'http://a'}"))
        .containsExactly("/uri");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'nodes':[{'url':'http://a'}]}",
        "{'nodes':[{'url':'http://a','weight':1000},{'url':'https://a:8443/base'}]}"
      })
  void takesUpstreams(String upstream) throws Exception {
    assertThat(CollectionType.UPSTREAMS.faults(json(upstream))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "{'nodes':[]}",
        "{'nodes':'http://a'}",
        "{'nodes':['http://a']}",
        "{'nodes':[{'url':'http://a?b'}]}",
        "{'nodes':[{'url':'http://a'},{'url':'HTTP://a:80'}]}",
        "{'nodes':[{'url':'http://a'}],'name':'a'}"
      })
  void refusesWhatIsNoUpstream(String upstream) throws Exception {
    assertThat(CollectionType.UPSTREAMS.faults(json(upstream))).isNotEmpty();
  }

  @Test
  void checksALongTextInTimeThatGrowsWithItsLengthOnly() throws Exception {
    String long1 = "a".repeat(300_000);
    assertThat(
            pointers(
                CollectionType.ROUTES,
                "{'uri':'/a','upstream':'http://a','host':'" + long1 + "!'}"))
        .containsExactly("/host");
    ValueSchema evil = ValueSchema.of(json("{'type':'string','pattern':'^(a+)+$'}"));
    assertThat(evil.faults(json("'" + long1 + "!'"))).hasSize(1);
  }
}
