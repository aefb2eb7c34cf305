package dev.watchhub.dataplane.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private RouteTable table = RouteTable.EMPTY;

  private void put(String id, String fields) {
    String value = "{\"upstream\":\"http://127.0.0.1:1\"," + fields + "}";
    ReadValue<Route> read = RouteParser.parse(Rows.row(id, 1, value));
    assertThat(read).isInstanceOf(ReadValue.Good.class);
    table = table.with(((ReadValue.Good<Route>) read).value());
  }

  private Optional<String> find(String host, String path, String method) {
    return table.find(host, path, method).map(route -> route.key().substring("/routes/".length()));
  }

  private Optional<String> get(String path) {
    return find("", path, "GET");
  }

  @Test
  void findsAnExactPathAndNothingNearIt() {
    put("a", "\"uri\":\"/get\"");

    assertThat(get("/get")).contains("a");
    assertThat(get("/get/")).isEmpty();
    assertThat(get("/ge")).isEmpty();
    assertThat(get("/GET")).isEmpty();
    assertThat(get("/")).isEmpty();
  }

  @Test
  void prefersTheLongestPrefixAndAnExactPathToAny() {
    put("all", "\"uri\":\"/*\"");
    put("a", "\"uri\":\"/a/*\"");
    put("ab", "\"uri\":\"/a/b/*\"");
    put("exact", "\"uri\":\"/a/b/c\"");

    assertThat(get("/a/b/c")).contains("exact");
    assertThat(get("/a/b/c/d")).contains("ab");
    assertThat(get("/a/b/")).contains("ab");
    assertThat(get("/a/b")).contains("a");
    assertThat(get("/a")).contains("all");
    assertThat(get("/")).contains("all");
  }

  @Test
  void aPrefixEndsAtASegment() {
    put("a", "\"uri\":\"/a/*\"");

    assertThat(get("/a/")).contains("a");
    assertThat(get("/a")).isEmpty();
    assertThat(get("/ab")).isEmpty();
  }

  @Test
  void aPathMayBeLongerThanAnyUri() {
    String longest = "/" + "a".repeat(UriPattern.MAX_CHARS - 3);
    put("long", "\"uri\":\"" + longest + "/*\"");
    put("all", "\"uri\":\"/*\"");

    assertThat(get(longest + "/b".repeat(3000))).contains("long");
    assertThat(get(longest + "b" + "/b".repeat(3000))).contains("all");
  }

  @Test
  void anExactPathMayEndInASlash() {
    put("root", "\"uri\":\"/\"");
    put("a", "\"uri\":\"/a/\"");

    assertThat(get("/")).contains("root");
    assertThat(get("/a/")).contains("a");
    assertThat(get("/a")).isEmpty();
  }

  @Test
  void prefersTheClosestHostOfTheSameUri() {
    put("any", "\"uri\":\"/x\"");
    put("wild", "\"uri\":\"/x\",\"host\":\"*.example.org\"");
    put("wilder", "\"uri\":\"/x\",\"host\":\"*.org\"");
    put("exact", "\"uri\":\"/x\",\"host\":\"WWW.Example.org\"");

    assertThat(find("www.example.org", "/x", "GET")).contains("exact");
    assertThat(find("WWW.EXAMPLE.ORG.", "/x", "GET")).contains("exact");
    assertThat(find("a.b.example.org", "/x", "GET")).contains("wild");
    assertThat(find("example.org", "/x", "GET")).contains("wilder");
    assertThat(find("org", "/x", "GET")).contains("any");
    assertThat(find("", "/x", "GET")).contains("any");
    assertThat(find("a.".repeat(200) + "example.org", "/x", "GET")).contains("any");
  }

  @Test
  void passesOverARouteWhoseHostOrMethodDoesNotFit() {
    put("all", "\"uri\":\"/*\"");
    put("posts", "\"uri\":\"/x\",\"methods\":[\"POST\",\"PUT\"]");
    put("hosted", "\"uri\":\"/y\",\"host\":\"example.org\"");

    assertThat(find("", "/x", "POST")).contains("posts");
    assertThat(find("", "/x", "GET")).contains("all");
    assertThat(find("example.com", "/y", "GET")).contains("all");
  }

  @Test
  void prefersARouteThatNamesTheMethod() {
    put("a", "\"uri\":\"/x\"");
    put("b", "\"uri\":\"/x\",\"methods\":[\"DELETE\"]");

    assertThat(find("", "/x", "DELETE")).contains("b");
    assertThat(find("", "/x", "GET")).contains("a");
  }

  @Test
  void theLowerKeyWinsWhicheverCameFirst() {
    put("b", "\"uri\":\"/x\"");
    put("a", "\"uri\":\"/x\"");
    assertThat(get("/x")).contains("a");

    put("b", "\"uri\":\"/x\"");
    assertThat(get("/x")).contains("a");

    table = table.without("/routes/a");
    assertThat(get("/x")).contains("b");
  }

  @Test
  void changingTheUriFreesTheOldOne() {
    put("a", "\"uri\":\"/old\"");
    put("a", "\"uri\":\"/new/*\"");

    assertThat(get("/old")).isEmpty();
    assertThat(get("/new/x")).contains("a");
  }

  @Test
  void aTableIsEmptyAgainWhenItsRoutesAreGone() {
    put("a", "\"uri\":\"/a/b/c\"");
    put("b", "\"uri\":\"/a/*\",\"host\":\"*.example.org\"");

    table = table.without("/routes/a").without("/routes/b").without("/routes/b");

    assertThat(table.routes()).isEmpty();
    assertThat(table).usingRecursiveComparison().isEqualTo(RouteTable.EMPTY);
  }

  @Test
  void aChangeLeavesTheTableBeforeItAlone() {
    put("a", "\"uri\":\"/a\"");
    RouteTable before = table;
    put("b", "\"uri\":\"/b\"");
    table = table.without("/routes/a");

    assertThat(before.find("", "/a", "GET")).isPresent();
    assertThat(before.find("", "/b", "GET")).isEmpty();
  }

  @Test
  void matchesAUriByWhatItSaysOnceDecoded() {
    put("a", "\"uri\":\"/caf%C3%A9/*\"");
    put("b", "\"uri\":\"/tea/ü\"");

    assertThat(get("/café/x")).contains("a");
    assertThat(get("/tea/ü")).contains("b");
  }

  @Test
  void theHigherPriorityWinsOverTheLowerKeyAndNotOverACloserMatch() {
    put("a", "\"uri\":\"/x\"");
    put("b", "\"uri\":\"/x\",\"priority\":1");
    put("c", "\"uri\":\"/*\",\"priority\":1000");
    put("d", "\"uri\":\"/x\",\"methods\":[\"PUT\"],\"priority\":-1");
    put("e", "\"uri\":\"/x\",\"host\":\"example.org\",\"priority\":-1");

    assertThat(get("/x")).contains("b");
    assertThat(find("", "/x", "PUT")).contains("d");
    assertThat(find("example.org", "/x", "GET")).contains("e");
  }

  private Map<String, String> losers() {
    return table.shadowed().values().stream()
        .collect(Collectors.toMap(Shadowed::key, Shadowed::toString));
  }

  @Test
  void namesWhoeverClaimsWhatAnotherRouteHas() {
    put("a", "\"uri\":\"/x\"");
    put("b", "\"uri\":\"/x\"");
    put("c", "\"uri\":\"/x\",\"methods\":[\"GET\",\"PUT\"],\"priority\":1");
    put("d", "\"uri\":\"/x\",\"methods\":[\"PUT\",\"POST\"]");
    put("e", "\"uri\":\"/x\",\"host\":\"example.org\"");
    put("f", "\"uri\":\"/x/*\"");
    put("g", "\"uri\":\"/%78\"");

    assertThat(losers().keySet()).containsExactlyInAnyOrder("/routes/b", "/routes/d", "/routes/g");
    assertThat(losers().get("/routes/d")).endsWith("has: /routes/c takes PUT");
    assertThat(losers().get("/routes/g")).endsWith("has: /routes/a takes all methods");

    put("g", "\"uri\":\"/elsewhere\"");
    table = table.without("/routes/a").without("/routes/c");

    assertThat(losers()).isEmpty();
  }
}
