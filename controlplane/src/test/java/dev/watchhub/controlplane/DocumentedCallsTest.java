package dev.watchhub.controlplane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.controlplane.compaction.CompactionOptions;
import dev.watchhub.controlplane.typed.SchemaDirectory;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the examples of docs/api.md by curl, from the first to the last, at one control plane. Its
 * hub is scripted: it has two nodes, which have applied everything.
 *
 * <p>A line of an answer that begins with a space belongs to the line before. Times, positions and
 * the like are compared by their form; revisions and all else to the letter.
 */
@Tag("slow")
class DocumentedCallsTest {
  private static final Path PAGE = Path.of("..", "docs", "api.md");
  private static final Pattern BLOCK =
      Pattern.compile("^```(.*)\n((?s:.*?))^```\n", Pattern.MULTILINE);
  private static final Pattern CALL = Pattern.compile("`([A-Z]+ /[^`?]*)");

  /** A position, or the {@code at} of a list: what one call answers and another takes. */
  private static final Pattern TOKEN =
      Pattern.compile("[0-9a-f]{16}-[0-9a-f]{8}-[0-9a-f]{16}|\\d{15,20}-\\d+-\\d+:\\d+:[\\d,]*");

  private static final Map<Pattern, String> VARYING =
      Map.of(
          TOKEN,
          "<token>",
          Pattern.compile("(\"createTime\":|create_time=)\\d{13}\\b"),
          "$1<millis>",
          Pattern.compile("\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z\""),
          "<time>",
          Pattern.compile("\"version\":\"[^\"]+\""),
          "<software>");
  private static final Pattern HEADERS_OF_ANY_ANSWER =
      Pattern.compile("^(Date|Content-Length): .*\n", Pattern.MULTILINE);

  /** Calls, and what they answer. */
  private record Example(String calls, String answer) {
    @Override
    public String toString() {
      return calls;
    }
  }

  /** The tokens that the page has so far, and those that were answered instead. */
  private static final Map<String, String> TOKENS = new HashMap<>();

  private static ScriptedHub hub;
  private static Admin admin;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    List<MatchResult> files =
        blocks().stream().filter(block -> block.group(1).equals("json")).toList();
    assertThat(files).as("files on the page").hasSize(1);
    Files.writeString(directory.resolve("flags.json"), files.get(0).group(2));
    TestSchema schema = TestSchema.of(DocumentedCallsTest.class);
    schema.execute("UPDATE %s.config_nodes_since SET began = now() - interval '1 hour'");
    hub = new ScriptedHub();
    admin =
        Admin.of(
            Admin.options(schema)
                .withHubs(List.of(hub.uri()))
                .withMoreTypes(SchemaDirectory.read(directory))
                .withCompaction(
                    new CompactionOptions(
                        Duration.ofDays(7), null, Duration.ofHours(1), Duration.ofMinutes(5))));
    await("the first compaction by itself has ended")
        .until(() -> !admin.get("/status").json().at("/compaction/endedAt").isNull());
    Position ahead =
        Position.parse(admin.get("/rollout").json().get("position").textValue())
            .orElseThrow()
            .at(new Lsn(Long.MAX_VALUE));
    hub.says(
        ScriptedHub.node("web1-9080", ahead, false), ScriptedHub.node("web2-9080", ahead, false));
  }

  @AfterAll
  static void stop() {
    admin.close();
    hub.close();
  }

  private static List<MatchResult> blocks() throws IOException {
    return BLOCK.matcher(Files.readString(PAGE)).results().toList();
  }

  /** All of them: a block that is no call, no answer to one and no file is refused. */
  static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    List<MatchResult> blocks = blocks();
    for (int i = 0; i < blocks.size(); i++) {
      MatchResult block = blocks.get(i);
      if (block.group(1).equals("json")) {
        continue;
      }
      assertThat(block.group(1)).as("the language of\n" + block.group(2)).isEqualTo("sh");
      MatchResult answer = blocks.get(++i);
      assertThat(answer.start()).as("the answer follows\n" + block.group(2)).isEqualTo(block.end());
      assertThat(answer.group(1)).as("the answer to\n" + block.group(2)).isEmpty();
      examples.add(new Example(block.group(2), answer.group(2).replaceAll("\n +", "")));
    }
    return examples;
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleAnswersAsThePageSays(Example example) throws Exception {
    String answer = run(example.calls());

    assertThat(form(answer)).isEqualTo(form(example.answer()));
    List<String> documented = tokens(example.answer());
    List<String> answered = tokens(answer);
    for (int i = 0; i < documented.size(); i++) {
      TOKENS.put(documented.get(i), answered.get(i));
    }
  }

  private static String run(String calls) throws IOException, InterruptedException {
    String here = calls.replace("127.0.0.1:9180", "127.0.0.1:" + admin.port());
    for (String token : tokens(calls)) {
      assertThat(TOKENS).as("what was answered before").containsKey(token);
      here = here.replace(token, TOKENS.get(token));
    }
    String curl = "curl() { command curl -q -sS --noproxy '*' --max-time 20 \"$@\"; }\n";
    Process shell = new ProcessBuilder("sh", "-euc", curl + here).redirectErrorStream(true).start();
    shell.getOutputStream().close();
    String answer = new String(shell.getInputStream().readAllBytes(), UTF_8).replace("\r", "");
    assertThat(shell.waitFor()).as(answer).isZero();
    return HEADERS_OF_ANY_ANSWER
        .matcher(answer)
        .replaceAll("")
        .replace("http://127.0.0.1:" + hub.port() + "/", "http://127.0.0.1:9280");
  }

  private static List<String> tokens(String text) {
    return TOKEN.matcher(text).results().map(MatchResult::group).toList();
  }

  private static String form(String answer) {
    String form = answer.stripTrailing();
    for (Map.Entry<Pattern, String> varying : VARYING.entrySet()) {
      form = varying.getKey().matcher(form).replaceAll(varying.getValue());
    }
    return form;
  }

  @Test
  void theTableOfCallsHasEachThatTheDescriptionHasAndNoOther() throws IOException {
    String page = Files.readString(PAGE);
    String table = page.substring(page.indexOf("\n| call |"), page.indexOf("```"));
    Set<String> documented =
        CALL.matcher(table)
            .results()
            .map(found -> found.group(1).replace("{key…}", "{id}"))
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> described = new Contract(admin.get("/openapi.json").json()).operations();
    described.remove("GET /docs/{file}"); // what the page at /docs needs
    for (String collection : List.of("/upstreams", "/flags", "/kv")) {
      assertThat(table).contains("the same under `" + collection + "`");
      Set<String> same = new TreeSet<>(documented);
      same.removeIf(call -> !call.contains(" /routes"));
      same =
          same.stream()
              .map(call -> call.replace("/routes", collection))
              .collect(Collectors.toSet());
      assertThat(described).containsAll(same);
      described.removeAll(same);
    }
    assertThat(documented).isEqualTo(described);
  }
}
