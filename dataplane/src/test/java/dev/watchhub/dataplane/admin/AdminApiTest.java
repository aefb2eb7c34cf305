package dev.watchhub.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.client.SwitchRefusedException;
import dev.watchhub.client.SwitchRefusedException.Reason;
import dev.watchhub.client.WatchMode;
import dev.watchhub.dataplane.TestPlane;
import dev.watchhub.dataplane.routes.Rows;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminApiTest {
  private final TestPlane plane = TestPlane.synced();

  @AfterEach
  void close() {
    plane.close();
  }

  private void assertAnswer(String pathQuery, String expected) throws Exception {
    HttpResponse<String> answer = plane.admin(pathQuery);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.body()).endsWith("}\n");
    assertSame(answer.body(), expected);
  }

  private static void assertSame(String actual, String expected) throws IOException {
    JsonMapper mapper = new JsonMapper();
    assertThat(mapper.readTree(actual))
        .isEqualTo(mapper.readTree(expected.replace('\'', '"').replace('~', '\'')));
  }

  @Test
  void listsTheRoutesInTheOrderOfTheirKeys() throws Exception {
    plane.route("b", "/b/*", "http://127.0.0.1:1");
    plane.commit(
        Rows.row(
            "a",
            9,
            """
            {"uri":"/a","host":"*.Example.org","methods":["PUT","GET"],"upstream":"https://u/x"}
            """));

    assertAnswer(
        "/routes",
        """
        {'items':[
          {'key':'/routes/a','revision':9,'uri':'/a','host':'*.example.org',
           'methods':['GET','PUT'],'upstream':'https://u/x'},
          {'key':'/routes/b','revision':1,'uri':'/b/*','upstream':'http://127.0.0.1:1'}]}
        """);
  }

  @Test
  void saysWhichRouteARequestWouldTake() throws Exception {
    plane.commit(
        Rows.row(
            "a",
            9,
            "{\"uri\":\"/a/*\",\"host\":\"h\",\"methods\":[\"PUT\"],\"upstream\":\"http://u\"}"));

    assertAnswer(
        "/match?path=/x/../a/%2562&host=H&method=put",
        """
        {'path':'/a/b','forwardedPath':'/a/%62','host':'H','method':'PUT',
         'route':{'key':'/routes/a','revision':9,'uri':'/a/*','host':'h','methods':['PUT'],
                  'upstream':'http://u'},
         'considered':[{'key':'/routes/a','uri':'/a/*','host':'h','methods':['PUT'],
                        'verdict':'taken: the first of these that fits'}]}
        """);
    assertAnswer(
        "/match?path=/a/b",
        """
        {'path':'/a/b','forwardedPath':'/a/b','host':'','method':'GET','route':null,
         'considered':[{'key':'/routes/a','uri':'/a/*','host':'h','methods':['PUT'],
                        'verdict':'its host does not fit'}]}
        """);
  }

  @Test
  void tellsItsStatusWithRefusedRoutesAndWhatIsServedInstead() throws Exception {
    plane.route("a", "/a", "http://127.0.0.1:1");
    plane.commit(Rows.row("a", 8, "{\"uri\":7}"), Rows.row("b", 9, "rubbish"));

    String body = plane.admin("/status").body();

    assertThat(body).contains("\"lastAt\":\"20", "\"position\":null").doesNotContain("rubbish");
    assertSame(
        body.replaceAll("\"(lastAt|startedAt|currentAt)\":\"[^\"]*\"", "\"$1\":0")
            .replaceAll("\"ageMillis\":\\d+", "\"ageMillis\":0"),
        """
        {'node':'dataplane','version':'unknown','startedAt':0,
         'ready':true,'watchMode':'replication','fallback':false,
         'watchModeSince':'1970-01-01T00:00:00Z',
         'watcher':{'state':'connecting','detail':'the watch has not begun'},
         'configuration':{'source':'watch','stale':false,'currentAt':0,'ageMillis':0},
         'applied':{'snapshots':1,'commits':2,'changes':3,'lastAt':0,'position':null},
         'routes':1,'upstreams':0,
         'refused':[
          {'key':'/routes/a','revision':8,'reason':'~uri~ must be a non-empty string',
           'servedRevision':1},
          {'key':'/routes/b','revision':9,
           'reason':'the value is neither a JSON object nor the base64 of one',
           'servedRevision':null}],
         'shadowed':[],'setAside':[],
         'requests':{'total':0,'unrouted':0,'upstreamFailed':0,'retried':0}}
        """);
  }

  @Test
  void saysWhichUpstreamARouteRefersToAndItsNodes() throws Exception {
    plane.commit(
        Rows.upstream(
            "team/u",
            4,
            "{\"nodes\":[{\"url\":\"http://one\",\"weight\":2},{\"url\":\"http://two\"}]}"),
        Rows.referring("a", 5, "/a", "team/u"),
        Rows.referring("b", 6, "/b", "none"),
        Rows.upstream("bad", 7, "{}"));
    String route =
        """
        {'key':'/routes/a','revision':5,'uri':'/a',
         'upstream':{'ref':'team/u','revision':4,
                     'nodes':[{'url':'http://one','weight':2},{'url':'http://two','weight':1}]}}
        """;

    assertAnswer("/routes", "{'items':[" + route + "]}");
    assertAnswer(
        "/match?path=/a",
        """
        {'path':'/a','forwardedPath':'/a','host':'','method':'GET','route':%s,
         'considered':[{'key':'/routes/a','uri':'/a',
                        'verdict':'taken: the first of these that fits'}]}
        """
            .formatted(route));
    plane.commit(Rows.upstream("team/u", 8, null));
    assertThat(plane.admin("/status").body())
        .contains(
            "\"routes\":1,\"upstreams\":1,",
            "{\"key\":\"/routes/b\",\"revision\":6,\"reason\":\"'upstream' refers to"
                + " /upstreams/none, which is not known\",\"servedRevision\":null}",
            "{\"key\":\"/upstreams/bad\",\"revision\":7,\"reason\":\"'nodes' is missing\","
                + "\"servedRevision\":null}",
            "{\"key\":\"/upstreams/team/u\",\"revision\":8,\"reason\":\"it is deleted, and"
                + " /routes/a refers to it\",\"servedRevision\":4}");
    assertThat(plane.admin("/metrics").body())
        .contains(
            "watchhub_routes_refused 1.0",
            "watchhub_upstreams 1.0",
            "watchhub_upstreams_refused 2.0");
  }

  private HttpResponse<String> putMode(String body) throws Exception {
    return plane.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + plane.plane().adminPort() + "/watch-mode"))
            .PUT(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void changesTheWatchMode() throws Exception {
    HttpResponse<String> answer = putMode("{\"mode\":\"notify\"}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"mode\":\"notify\"}\n");
    assertAnswer("/watch-mode", "{'mode':'notify'}");
    assertThat(plane.admin("/status").body())
        .contains("\"watchMode\":\"notify\"", "\"fallback\":false");
  }

  @Test
  void saysThatItFollowsTheFallback() throws Exception {
    plane.watchers().divert(WatchMode.NOTIFY);
    assertAnswer("/watch-mode", "{'mode':'notify'}");
    assertThat(plane.admin("/status").body())
        .contains("\"watchMode\":\"notify\"", "\"fallback\":true");
  }

  @ParameterizedTest
  @CsvSource({"UNREACHABLE, 503", "CONFLICT, 409"})
  void saysWhyTheWatchModeStays(Reason reason, int status) throws Exception {
    plane.watchers().refuse(new SwitchRefusedException(reason, "it is on fire"));
    HttpResponse<String> answer = putMode("{\"mode\":\"notify\"}");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("it is on fire");
    assertAnswer("/watch-mode", "{'mode':'replication'}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "notify",
        "{}",
        "{\"mode\":\"hub\"}",
        "{\"mode\":\"NOTIFY\"}",
        "{\"mode\":7}",
        "{\"mode\":\"notify\",\"x\":1}",
        "{\"mode\":\"notify\"} {}",
        "[\"notify\"]"
      })
  void namesTheModesThatThereAre(String body) throws Exception {
    HttpResponse<String> answer = putMode(body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("replication", "notify", "\"field\":\"mode\"");
    assertAnswer("/watch-mode", "{'mode':'replication'}");
  }

  @Test
  void tellsItsModeAndItsHealth() throws Exception {
    assertAnswer("/watch-mode", "{'mode':'replication'}");
    assertAnswer("/healthz", "{'status':'ok'}");
    assertAnswer("/readyz", "{'status':'ready'}");
  }

  @ParameterizedTest
  @CsvSource({
    "/match, 400, 'path'",
    "/match?path=x, 400, must start with '/'",
    "/match?path=/a&path=/b, 400, given twice",
    "/match?path=/a&hosts=b, 400, 'hosts'",
    "/routes?limit=1, 400, 'limit'",
    "/status?x=y, 400, 'x'",
    "/nothing, 404, there is nothing at"
  })
  void saysWhatIsWrongWithAQuestion(String pathQuery, int status, String detail) throws Exception {
    HttpResponse<String> answer = plane.admin(pathQuery);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains(detail);
  }

  @Test
  void saysWhyARouteIsTakenAndTheOthersAreNot() throws Exception {
    String up = "\"upstream\":\"http://u\"}";
    plane.commit(
        Rows.row("a", 1, "{\"uri\":\"/a/b\",\"host\":\"x\"," + up),
        Rows.row("b", 2, "{\"uri\":\"/a/*\",\"methods\":[\"PUT\"]," + up),
        Rows.row("c", 3, "{\"uri\":\"/a/*\",\"stripPrefix\":true,\"priority\":1," + up),
        Rows.row("d", 4, "{\"uri\":\"/a/*\"," + up),
        Rows.row("e", 5, "{\"uri\":\"/*\"," + up),
        Rows.row("f", 6, "{\"uri\":\"/elsewhere\"," + up));

    assertAnswer(
        "/match?path=/a/b",
        """
        {'path':'/a/b','forwardedPath':'/b','host':'','method':'GET',
         'route':{'key':'/routes/c','revision':3,'uri':'/a/*','priority':1,'upstream':'http://u',
                  'stripPrefix':true},
         'considered':[
          {'key':'/routes/a','uri':'/a/b','host':'x','verdict':'its host does not fit'},
          {'key':'/routes/b','uri':'/a/*','methods':['PUT'],'verdict':'its methods do not fit'},
          {'key':'/routes/c','uri':'/a/*','priority':1,
           'verdict':'taken: the first of these that fits'},
          {'key':'/routes/d','uri':'/a/*','verdict':'a route above takes the request'},
          {'key':'/routes/e','uri':'/*','verdict':'a route above takes the request'}]}
        """);
  }

  @Test
  void countsRequestsByRouteAndStatusForAsLongAsTheRouteIsThere() throws Exception {
    plane.route("a", "/a", "http://127.0.0.1:1");
    plane.get("/a");
    plane.get("/a");
    plane.get("/nowhere");

    await("the counts")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(plane.admin("/metrics").body())
                    .contains(
                        "watchhub_proxy_requests_total{route=\"/routes/a\",status=\"502\"} 2.0",
                        "watchhub_proxy_requests_total{route=\"(none)\",status=\"404\"} 1.0",
                        "watchhub_proxy_request_seconds_bucket{le=\"60.0\"} 3",
                        "watchhub_apply_delay_seconds_count 1",
                        "watchhub_configuration_age_seconds ",
                        "watchhub_watch_mode{mode=\"replication\"} 1.0",
                        "watchhub_watch_mode{mode=\"notify\"} 0.0",
                        "watchhub_routes 1.0",
                        "watchhub_routes_refused 0.0",
                        "watchhub_upstream_failures_total 2.0"));

    plane.delete("a");
    assertThat(plane.admin("/metrics").body())
        .doesNotContain("/routes/a")
        .contains("watchhub_routes 0.0");
  }
}
