package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.controlplane.api.AdminApi;
import dev.watchhub.controlplane.api.ValueEncoding;
import dev.watchhub.controlplane.compaction.CompactionOptions;
import dev.watchhub.controlplane.compaction.Compactor;
import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.StoreOptions;
import dev.watchhub.controlplane.typed.CollectionType;
import dev.watchhub.controlplane.typed.SchemaDirectory;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import io.javalin.Javalin;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description of the API is what the API does. */
@Tag("slow")
class OpenApiTest {
  private static final String ROUTE =
      "{\"uri\":\"/a\",\"upstream\":[{\"url\":\"http://a\",\"weight\":2}]}";
  private static final String UPSTREAM = "{\"nodes\":[{\"url\":\"http://a\"}]}";

  private static TestSchema schema;
  private static List<CollectionType> types;
  private static ScriptedHub hub;
  private static Admin admin;
  private static Contract contract;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("flags.json"), "{\"type\":[\"object\",\"boolean\"]}");
    schema = TestSchema.of(OpenApiTest.class);
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE %s.config_nodes_since SET began = now() - interval '1 hour'"
              .formatted(schema.name()));
    }
    types =
        Stream.concat(
                Stream.of(CollectionType.ROUTES, CollectionType.UPSTREAMS),
                SchemaDirectory.read(directory).stream())
            .toList();
    hub = new ScriptedHub();
    admin =
        Admin.of(
            Admin.options(schema).withHubs(List.of(hub.uri())).withMoreTypes(types.subList(2, 3)));
    contract = new Contract(admin.get("/openapi.json").json());
  }

  @AfterAll
  static void stop() {
    admin.close();
    hub.close();
  }

  /** A request that is as described, and its answer. */
  private static Admin.Answer call(
      String operation, String target, @Nullable String body, int status, String... headers) {
    String query = target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
    contract.assertAllowed(operation, query, body);
    return bad(operation, target, body, status, headers);
  }

  /** A request that need not be, and its answer. */
  private static Admin.Answer bad(
      String operation, String target, @Nullable String body, int status, String... headers) {
    String method = operation.substring(0, operation.indexOf(' '));
    Admin.Answer answer =
        admin.send(
            method,
            target,
            body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body),
            headers);
    assertThat(answer.status())
        .as(operation + " " + target + ": " + answer.text())
        .isEqualTo(status);
    contract.assertDescribed(operation, answer);
    return answer;
  }

  @Test
  void everyCallAnswersAsItIsDescribed() {
    collection("routes", ROUTE);
    collection("upstreams", UPSTREAM);
    collection("flags", "true");
    collection("kv", "any text");
    bad("PUT /routes/{id}", "/routes/a", "{}", 400);
    references();
    transaction();
    history();
    rollback();

    String position = call("GET /rollout", "/rollout", null, 200).json().get("position").asText();
    call("GET /rollout", "/rollout?position=" + position, null, 200);
    bad("GET /rollout", "/rollout?position=x", null, 400);

    call("POST /compact", "/compact?latest=true&dryRun=true", null, 200);
    call("POST /compact", "/compact?latest=true", null, 200);
    call("GET /status", "/status", null, 200);
    bad("GET /status", "/status?a=b", null, 400);
    bad("POST /compact", "/compact", null, 400);
    call("GET /notify-mode", "/notify-mode", null, 200);
    bad("GET /notify-mode", "/notify-mode?a=b", null, 400);
    call("PUT /notify-mode", "/notify-mode", "{\"mode\":\"off\"}", 200);
    bad("PUT /notify-mode", "/notify-mode", "{}", 400);
    bad("PUT /notify-mode", "/notify-mode", "x".repeat(2000), 413);
    bad("PUT /notify-mode", "/notify-mode", "{}", 415, "Content-Encoding", "gzip");
    call("GET /healthz", "/healthz", null, 200);
    call("GET /readyz", "/readyz", null, 200);
    call("GET /openapi.json", "/openapi.json", null, 200);
    bad("GET /openapi.json", "/openapi.json?a=b", null, 400);

    call("GET /docs", "/docs", null, 200);
    call("GET /docs/{file}", "/docs/start.js", null, 200);
    bad("GET /docs/{file}", "/docs/nowhere", null, 404);

    assertThat(contract.unseen())
        .containsExactly("POST /compact 409"); // needs one that takes long: see MaintenanceTest
  }

  private static void transaction() {
    String body =
        """
        {"compare":[{"key":"/txn","exists":false}],
         "then":[{"put":{"key":"/txn","value":"x"}},{"delete":{"key":"/nowhere"}}],
         "else":[{"put":{"key":"/routes/txn","value":%s}}]}
        """
            .formatted(ROUTE);
    call("POST /txn", "/txn", body, 200, "X-Author", "ada");
    call("POST /txn", "/txn", body, 200);
    String failing =
        "{\"compare\":[{\"key\":\"/txn\",\"revision\":9},{\"key\":\"/a\",\"value\":\"b\"}]}";
    call("POST /txn", "/txn", failing, 200);
    call("POST /txn", "/txn?wait=applied:5,1ms", body, 202);
    hub.says(refusing("/routes/txn"));
    call("POST /txn", "/txn?wait=applied:all,20s", body, 409);
    hub.says();
    bad("POST /txn", "/txn", "{}}", 400);
    bad("POST /txn", "/txn", "x".repeat((16 << 20) + 1), 413);
    bad("POST /txn", "/txn", "{}", 415, "Content-Encoding", "gzip");
  }

  private static void references() {
    String route = "{\"uri\":\"/r\",\"upstream\":{\"ref\":\"of/r\"}}";
    call("PUT /routes/{id}", "/routes/r", route, 409);
    call(
        "POST /txn",
        "/txn",
        "{\"then\":[{\"put\":{\"key\":\"/routes/r\",\"value\":%s}}]}".formatted(route),
        409);
    call("PUT /upstreams/{id}", "/upstreams/of/r", UPSTREAM, 201);
    long revision = call("PUT /routes/{id}", "/routes/r", route, 201).revision();
    call("DELETE /upstreams/{id}", "/upstreams/of/r?dryRun=true", null, 409);
    call("DELETE /upstreams/{id}", "/upstreams/of/r", null, 409);
    call("DELETE /routes/{id}", "/routes/r", null, 200);
    call("DELETE /upstreams/{id}", "/upstreams/of/r", null, 200);
    call("POST /rollback/{id}", "/rollback/routes/r?rev=" + revision, null, 409);
    call("POST /rollback", "/rollback?prefix=/routes/r&rev=" + revision, null, 409);
  }

  private static void history() {
    call("GET /history/{id}", "/history/txn?limit=1&values=true", null, 200);
    call("GET /history/{id}", "/history/nowhere", null, 404);
    bad("GET /history/{id}", "/history/txn?limit=0", null, 400);
  }

  private static void rollback() {
    long revision = admin.put("/kv/back", "1").revision();
    admin.put("/kv/back", "2");
    String one = "POST /rollback/{id}";
    String many = "POST /rollback";
    call(one, "/rollback/back?dryRun=true&rev=" + revision, null, 200);
    call(many, "/rollback?dryRun=true&prefix=/ba&rev=" + revision, null, 200);
    call(one, "/rollback/back?rev=" + revision, null, 200, "X-Author", "ada");
    call(one, "/rollback/back?wait=applied:5,1ms&rev=" + revision, null, 202);
    call(many, "/rollback?wait=applied:5,1ms&prefix=/back&rev=" + revision, null, 202);
    hub.says(refusing("/back"));
    admin.put("/kv/back", "3");
    call(one, "/rollback/back?wait=applied:all,20s&rev=" + revision, null, 409);
    admin.put("/kv/back", "4");
    call(many, "/rollback?wait=applied:all,20s&prefix=/back&rev=" + revision, null, 409);
    hub.says();
    bad(one, "/rollback/back?dryRun=true&wait=applied:all&rev=1", null, 400);
    call(many, "/rollback?prefix=/back&rev=" + revision, null, 200);
    bad(one, "/rollback/back", null, 400);
    bad(many, "/rollback?rev=1", null, 400);
    call(one, "/rollback/back?rev=999999999", null, 404);
    call(many, "/rollback?prefix=/back&rev=999999999", null, 404);
    admin.send("POST", "/compact?latest=true", BodyPublishers.noBody());
    call(one, "/rollback/back?rev=" + revision, null, 410);
    call(many, "/rollback?prefix=/back&rev=" + revision, null, 410);
  }

  private static String refusing(String key) {
    return ScriptedHub.node(
        "h1",
        farAhead(),
        false,
        "[{\"key\":\"%s\",\"revision\":%d,\"reason\":\"no\"}]".formatted(key, Long.MAX_VALUE));
  }

  private static void collection(String name, String value) {
    String path = "/" + name;
    String one = path + "/{id}";
    String key = path + "/a/b";
    call("PUT " + one, key, value, 201, "X-Author", "ada", "X-Note", "first");
    call("PUT " + one, key, value, 200);
    call("PUT " + one, key + "?dryRun=true", value, 200);
    call("PUT " + one, key, value, 200, "Accept", "text/plain");
    hub.says(ScriptedHub.node("h1", farAhead(), false));
    call("PUT " + one, key + "?wait=applied:all,20s", value, 200);
    call("PUT " + one, key + "?wait=applied:5,1ms", value, 202);
    call("DELETE " + one, key + "?wait=applied:5,1ms", null, 202);
    call("PUT " + one, key, value, 201);
    String stored = name.equals("kv") ? "/a/b" : key;
    hub.says(refusing(stored));
    call("PUT " + one, key + "?wait=applied:all,20s", value, 409);
    hub.says();

    long revision = call("GET " + one, key, null, 200).revision();
    call("GET " + one, key + "?rev=" + revision, null, 200, "Accept", "text/plain");
    call("GET " + path, path + "?limit=1", null, 200);
    call("GET " + path, path + "?after=" + stored, null, 200, "Accept", "text/plain");
    bad("GET " + path, path + "?limit=0", null, 400);
    bad("GET " + one, key + "?rev=0", null, 400);
    call("GET " + one, path + "/nowhere", null, 404);
    call("GET " + one, key, null, 304, "If-None-Match", "\"" + revision + "\"");
    call("GET " + path, path + "?rev=999999999", null, 404);
    call("PUT " + one, key, value, 412, "If-None-Match", "*");
    call("DELETE " + one, key, null, 412, "If-Match", "\"1\"");
    bad("PUT " + one, key + "?dry=1", value, 400);
    bad("PUT " + one, key, "x".repeat((1 << 20) + 1), 413);
    bad("PUT " + one, key, value, 415, "Content-Encoding", "gzip");

    admin.send("POST", "/compact?latest=true", BodyPublishers.noBody());
    call("GET " + one, key + "?rev=1", null, 410);
    call("GET " + path, path + "?rev=1", null, 410);
    call("DELETE " + one, key, null, 200);
    call("DELETE " + one, key, null, 404);
    bad("DELETE " + one, key + "?rev=1", null, 400);
  }

  private static Position farAhead() {
    String text = admin.get("/rollout").json().get("position").textValue();
    return Position.parse(text).orElseThrow().at(new Lsn(Long.MAX_VALUE));
  }

  @Test
  void everyPathOfTheServerIsDescribedAndNoOther() {
    Set<String> served = new TreeSet<>();
    try (ConfigStore store =
            ConfigStore.open(
                new StoreOptions(
                    schema.jdbcUrl(),
                    schema.name(),
                    1,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5)));
        Compactor compactor =
            Compactor.start(
                store.compactionStore(),
                List.of(),
                CompactionOptions.OFF,
                (name, cause) -> {
                  throw new AssertionError(name, cause);
                });
        AdminApi api =
            AdminApi.start(store, compactor, ValueEncoding.JSON, 100, types, List.of())) {
      Javalin.create(
          config -> {
            config.events.handlerAdded(
                handler ->
                    served.add(
                        handler.getHttpMethod()
                            + " "
                            + handler.getPath().replace('<', '{').replace('>', '}')));
            api.addTo(config);
          });
    }
    served.removeIf(operation -> operation.startsWith("HEAD "));
    assertThat(contract.operations()).isEqualTo(served);
  }

  @Test
  void thePageNeedsNothingFromAnotherHost() {
    Admin.Answer page = admin.get("/docs");
    Matcher links = Pattern.compile("(?:src|href)=\"([^\"]+)\"").matcher(page.text());
    int files = 0;
    while (links.find()) {
      Admin.Answer file = admin.get(links.group(1));
      assertThat(file.status()).as(links.group(1)).isEqualTo(200);
      assertThat(file.text()).isNotEmpty();
      files++;
    }
    assertThat(files).isEqualTo(4);
    assertThat(page.header("Content-Security-Policy")).startsWith("default-src 'self';");
    assertThat(admin.get("/docs/start.js").text()).contains("url: '/openapi.json'");
  }
}
