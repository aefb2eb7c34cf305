package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.e2e.Http.Answer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user can get wrong, over {@code ./watchhub up}. */
@Tag("slow")
final class BadInputTest {
  @TempDir private static Path directory;
  private static Ports ports;
  private static WatchhubProcess process;

  @BeforeAll
  static void start() {
    ports = Ports.free();
    process =
        WatchhubProcess.start(
                "up", "--port-offset=" + ports.offset(), "--data-dir=" + directory.resolve("data"))
            .awaitReady();
  }

  @AfterAll
  static void stop() {
    process.close();
  }

  static Stream<Arguments> writes() {
    String good = "\"upstream\":\"http://127.0.0.1:1\"";
    return Stream.of(
        Arguments.of("/routes/x", "no json", 400, "body"),
        Arguments.of("/routes/x", "{" + good + "}", 400, "uri"),
        Arguments.of("/routes/x", "{\"uri\":\"/x\"}", 400, "upstream"),
        Arguments.of("/routes/x", "{\"uri\":\"/x\",\"upstream\":\"nowhere\"}", 400, "upstream"),
        Arguments.of("/routes/x", "{\"uri\":\"x\"," + good + "}", 400, "uri"),
        Arguments.of("/routes/" + "k".repeat(505), "{\"uri\":\"/x\"," + good + "}", 400, "key"),
        Arguments.of("/routes/a%07b", "{\"uri\":\"/x\"," + good + "}", 400, "key"),
        Arguments.of("/kv/big", "x".repeat((1 << 20) + 1), 413, "body"));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void refusesAWriteAndNamesTheField(String path, String body, int status, String field) {
    Answer answer = Http.put(ports.controlPlane(), path, body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.contentType()).startsWith("application/problem+json");
    assertThat(answer.json().get("field").asText()).isEqualTo(field);
    assertThat(Http.get(ports.hub(), "/kv?prefix=/").json().get("items").toString())
        .doesNotContain("/routes/x", "/big", "kkk");
  }

  @Test
  void refusesParametersPathsAndMethods() {
    Answer rev = Http.get(ports.controlPlane(), "/routes/x?rev=soon");
    assertThat(rev.status()).isEqualTo(400);
    assertThat(rev.json().get("field").asText()).isEqualTo("rev");
    assertThat(Http.get(ports.controlPlane(), "/nothing").status()).isEqualTo(404);
    assertThat(Http.send(ports.controlPlane(), "POST", "/routes/x", "{}").status()).isEqualTo(405);
    assertThat(Http.send(ports.hub(), "POST", "/watch", "{}").status()).isEqualTo(405);
    assertThat(Http.get(ports.hub(), "/nothing").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {
        "100%25",
        "a_b",
        "it's",
        "%22q%22",
        "%E8%B7%AF%E7%94%B1",
        "semi;colon",
        "back%5Cslash"
      })
  void takesEveryCharacterAtItsWord(String id) {
    assertThat(Http.put(ports.controlPlane(), "/kv/odd/" + id, id).status()).isEqualTo(201);
    assertThat(Http.get(ports.controlPlane(), "/kv/odd/" + id).json().get("value").asText())
        .isEqualTo(id);
    assertThat(Http.get(ports.controlPlane(), "/kv?prefix=/od_/").json().get("items")).isEmpty();
    assertThat(Http.delete(ports.controlPlane(), "/kv/odd/" + id).status()).isEqualTo(200);
  }
}
