package dev.watchhub.controlplane.typed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.testkit.RouteValue;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
