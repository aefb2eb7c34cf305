package dev.watchhub.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.watchhub.controlplane.ControlPlane;
import dev.watchhub.controlplane.ControlPlaneOptions;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.hub.HubOptions;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.hub.replication.Source;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.sql.SchemaInstaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The client's commands, over a control plane and a hub. Each test has a prefix of its own. */
final class ClientTest {
  private static final Duration LIMIT = Duration.ofSeconds(25);
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static Resources owned;
  private static String controlPlane;
  private static String hub;

  private final String prefix = "/t" + TESTS.incrementAndGet() + "/";

  /** What a command printed, and what it ended with. */
  private record Ran(int exit, String out, String err) {}

  @BeforeAll
  static void start() throws SQLException {
    owned = new Resources();
    PostgresServer server = owned.own(PostgresServer.temporary(Map.of()));
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
      SchemaInstaller.install(connection, "public");
    }
    ListenAddress any = ListenAddress.loopback(0);
    WatchHub watchHub =
        owned.own(
            WatchHub.start(
                HubOptions.of(any, new Source(server.jdbcUrl(), "public", "client", "client")),
                (component, cause) -> {
                  throw new AssertionError(component, cause);
                }));
    hub = "http://127.0.0.1:" + watchHub.port();
    ControlPlane plane =
        owned.own(
            ControlPlane.start(
                ControlPlaneOptions.of(any, server.jdbcUrl()).withHubs(List.of(URI.create(hub)))));
    controlPlane = "--controlplane=http://127.0.0.1:" + plane.port();
    await("the hub is ready").atMost(LIMIT).until(watchHub::isReady);
  }

  @AfterAll
  static void stop() {
    owned.close();
  }

  private static Ran run(String command, String... arguments) {
    StringWriter out = new StringWriter();
    return run(out, new PrintWriter(out), line(controlPlane, command, arguments));
  }

  private static Ran run(StringWriter text, PrintWriter out, String... line) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine(line);
    int exit = commandLine.setOut(out).setErr(new PrintWriter(err)).execute(line);
    return new Ran(exit, text.toString(), err.toString());
  }

  private static String[] line(String server, String command, String... arguments) {
    String[] line = new String[arguments.length + 2];
    line[0] = command;
    line[1] = server;
    System.arraycopy(arguments, 0, line, 2, arguments.length);
    return line;
  }

  private static String done(String command, String... arguments) {
    Ran ran = run(command, arguments);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }

  private static void assertRefused(int exit, String naming, Ran ran) {
    assertThat(ran.err().lines()).singleElement().asString().startsWith("watchhub: ");
    assertThat(ran.err()).contains(naming);
    assertThat(ran.exit()).isEqualTo(exit);
    assertThat(ran.out()).isEmpty();
  }

  private static String putFromInput(String key, byte[] value) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(value));
    try {
      return done("put", key);
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void valuesComeOutAsTheyWentIn() {
    String key = prefix + "größe/100% a?b#c;d+e~\\";
    String value = " zwei\nZeilen\t€ \uD83D\uDE00\r\n\n";
    putFromInput(key, value.getBytes(UTF_8));
    assertThat(done("get", key)).isEqualTo(value);
    done("put", key, value + "2");
    assertThat(done("get", key)).isEqualTo(value + "2");
    done("put", key, "");
    assertThat(done("get", key)).isEmpty();
    assertThat(done("list", prefix, "--keys")).isEqualTo(key + "\n");
  }

  @Test
  void writesOnConditionsAndSaysWhyNot() {
    String key = prefix + "a";
    String first = done("put", key, "1", "--if-absent").strip();
    assertRefused(1, "has revision " + first, run("put", key, "2", "--if-absent"));
    String second = done("put", key, "2", "--if-revision=" + first).strip();
    assertRefused(1, "has revision " + second, run("put", key, "3", "--if-revision=" + first));
    assertRefused(1, "has revision " + second, run("del", key, "--if-revision=" + first));
    assertThat(done("get", key)).isEqualTo("2");
    assertThat(done("get", key, "--rev=" + first)).isEqualTo("1");
    assertThat(Long.parseLong(done("del", key).strip())).isGreaterThan(Long.parseLong(second));
    assertRefused(1, "there is no key '" + key + "'", run("get", key));
    assertRefused(1, "there is no key '" + key + "'", run("del", key));
  }

  @Test
  void deletesNoUpstreamThatARouteNamesUnlessToldTo() {
    String upstream = "/upstreams" + prefix + "a";
    String route = "/routes" + prefix + "a";
    String value = "{\"uri\":\"/a\",\"upstream\":{\"ref\":\"%sa\"}}".formatted(prefix.substring(1));
    assertRefused(1, "refers to '" + upstream + "', which is not there", run("put", route, value));
    done("put", upstream, "{\"nodes\":[{\"url\":\"http://a\"}]}");
    done("put", route, value);
    assertRefused(1, "'" + route + "' refers to '" + upstream + "'", run("del", upstream));
    done("del", upstream, "--no-check");
    done("del", route);
  }

  @Test
  void checksRoutesUnlessToldNotTo() {
    String key = "/routes" + prefix + "r";
    assertRefused(1, "'uri' is 'get'", run("put", key, "{\"uri\":\"get\"}"));
    done("put", key, "no route", "--no-check");
    assertThat(done("get", key)).isEqualTo("no route");
    done("put", key, "{ \"uri\": \"/get\", \"upstream\": \"http://127.0.0.1:1\" }");
    assertThat(done("get", key)).startsWith("{\"uri\":\"/get\"");
    assertRefused(1, "", run("put", prefix + "a", "x", "--check"));
  }

  @Test
  void listsPageByPageAValueInALine() {
    for (int i = 10; i < 28; i++) { // more than are answered at once
      putFromInput(prefix + i, ("v\n\t\u001b" + "x".repeat(1_000_000)).getBytes(UTF_8));
    }
    String revision = done("put", prefix + "28", "last").strip();
    done("del", prefix + "28");
    List<String> lines = done("list", prefix).lines().toList();
    assertThat(lines).hasSize(18);
    assertThat(lines.get(0)).matches(prefix + "10\t\\d+\tv\\\\n\\\\t\\\\u001bx+");
    assertThat(done("list", prefix, "--keys", "--rev=" + revision).lines())
        .hasSize(19)
        .endsWith(prefix + "28");
    assertThat(done("list", prefix, "--json").lines().toList().get(17))
        .contains("\"key\":\"" + prefix + "27\"", "\"createRevision\"");
  }

  @Test
  void showsTheHistoryAndGoesBack() {
    String key = prefix + "a";
    String first = done("put", key, "one", "--author=Zoë", "--note=ticket 12").strip();
    String second = done("put", key, "two").strip();
    List<String> table = done("history", key).lines().toList();
    assertThat(table).hasSize(3);
    assertThat(table.get(0)).matches("REVISION +OP +TIME +VERSION +BYTES +AUTHOR +NOTE");
    assertThat(table.get(1)).matches(second + " +put +\\S+Z +2 +3");
    assertThat(table.get(2)).matches(first + " +put +\\S+Z +1 +3 +Zoë +ticket 12");
    Ran some = run("history", key, "--limit=1");
    assertThat(some.out().lines()).hasSize(2);
    assertThat(some.err()).contains("--before " + second);
    assertThat(done("history", key, "--before=" + second).lines()).hasSize(2);

    String back = "--rev=" + first;
    assertThat(done("rollback", key, back, "--dry-run"))
        .containsPattern("put +" + key + " +" + second + " +" + first + " +-\n");
    assertThat(done("get", key)).isEqualTo("two");
    done("put", prefix + "b", "new");
    assertThat(done("rollback", "--prefix=" + prefix, back, "--note=undo").lines()).hasSize(3);
    assertThat(done("get", key)).isEqualTo("one");
    assertThat(done("list", prefix, "--keys")).isEqualTo(key + "\n");
    assertThat(done("history", key)).contains("undo");
    assertThat(run("rollback", back).exit()).isEqualTo(2);
  }

  @Test
  void compactsByOneRule() {
    assertThat(done("compact", "--before=2020-01-01T00:00:00Z", "--dry-run"))
        .isEqualTo("would remove 0\n");
    assertThat(done("compact", "--before=2020-01-01T00:00:00Z", "--json"))
        .isEqualTo("{\"removed\":0}\n");
    assertThat(run("compact").exit()).isEqualTo(2);
    assertThat(run("compact", "--latest", "--revision=1").exit()).isEqualTo(2);
    assertRefused(1, "before", run("compact", "--before=yesterday"));
  }

  @Test
  void saysWhoHasNotAppliedYet() {
    Ran young = run("rollout"); // nodes may not have reported to a hub that has just started
    assertThat(young.out()).startsWith("NODE");
    assertThat(young.err()).contains("watchhub: ");
    assertThat(young.exit()).isEqualTo(1);
    assertThat(run("rollout", "--position=x").exit()).isEqualTo(1);
  }

  @Test
  void watchPrintsWhatThereIsAndEachChangeAndGoesOnFromAPosition() throws Exception {
    done("put", prefix + "a", "one\n");
    String other = "/u" + prefix;
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    String[] all = {"watch", "--hub=" + hub, prefix, other};
    CompletableFuture<Ran> watch = CompletableFuture.supplyAsync(() -> run(text, out, all));
    awaitText(text, "have\t" + prefix + "a\t");
    done("put", "/elsewhere" + prefix + "a", "not shown");
    String put = done("put", other + "b", "é\n", "--json");
    done("del", prefix + "a");
    awaitText(text, "delete");
    assertThat(text.toString().replaceAll("\t\\d+", ""))
        .isEqualTo(
            "have\t%1$sa\tone\\n\nput\t%2$sb\té\\n\ndelete\t%1$sa\n".formatted(prefix, other));
    out.close(); // as head does that has seen enough
    done("put", prefix + "c", "3");
    assertThat(watch.get().exit()).isZero();

    String since = put.replaceAll("(?s).*\"position\":\"([^\"]+)\".*", "$1");
    StringWriter later = new StringWriter();
    PrintWriter laterOut = new PrintWriter(later);
    String[] rest = {"watch", "--hub=" + hub, prefix, other, "--json", "--since=" + since};
    CompletableFuture<Ran> again = CompletableFuture.supplyAsync(() -> run(later, laterOut, rest));
    awaitText(later, prefix + "c");
    assertThat(later.toString().lines())
        .satisfiesExactly(
            gone ->
                assertThat(gone)
                    .startsWith("{\"op\":\"delete\",\"key\":\"" + prefix + "a\",")
                    .containsPattern("\"position\":\"[^\"]+\"}$"),
            put3 -> assertThat(put3).contains("\"value\":\"3\""));
    laterOut.close();
    done("put", prefix + "c", "4");
    assertThat(again.get().exit()).isZero();
  }

  private static void awaitText(StringWriter text, String part) {
    await(part).atMost(LIMIT).until(() -> text.toString().contains(part));
  }

  @Test
  void badUsageIs2AndNobodyThereIs3() {
    assertRefused(2, "must start with '/'", run("get", "a"));
    assertRefused(2, "'x' is not a long", run("get", "/a", "--rev=x"));
    assertRefused(2, "locale", run("put", prefix + "a", "\uFFFD"));
    assertRefused(2, "--if-revision", run("put", prefix + "a", "x", "--if-revision=0"));
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out);
    String nobody = "http://127.0.0.1:1";
    assertRefused(3, nobody, run(out, printer, line("--controlplane=" + nobody, "put", "/a", "x")));
    assertRefused(2, "--controlplane", run(out, printer, line("--controlplane=x", "list")));
    assertRefused(3, nobody, run(out, printer, "watch", "--hub=" + nobody));
    assertRefused(2, "--since 'x'", run(out, printer, "watch", "--hub=" + hub, "--since=x"));
  }

  @Test
  void whoAnswersWithoutJsonIsNoControlPlane() throws IOException {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write("hello".getBytes(UTF_8));
          exchange.close();
        });
    other.start();
    try {
      String url = "http://127.0.0.1:" + other.getAddress().getPort();
      StringWriter out = new StringWriter();
      String[] line = line("--controlplane=" + url, "get", "/a");
      assertRefused(3, url + " is no control plane", run(out, new PrintWriter(out), line));
    } finally {
      other.stop(0);
    }
  }
}
