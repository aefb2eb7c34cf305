package dev.watchhub.dataplane;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.dataplane.routes.Rows;
import dev.watchhub.http.ListenAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the examples of docs/data-plane.md. */
class DocumentedRoutesTest {
  private static final Path PAGE = Path.of("..", "docs", "data-plane.md");
  private static final String ECHO = "http://127.0.0.1:9380";
  private static final Pattern BLOCK =
      Pattern.compile("^```routes\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern FIELD = Pattern.compile("^\\| `(\\w+)` \\| ", Pattern.MULTILINE);

  static List<String> examples() throws IOException {
    return BLOCK.matcher(Files.readString(PAGE)).results().map(found -> found.group(1)).toList();
  }

  @Test
  void everyFieldHasAnExample() throws IOException {
    String page = Files.readString(PAGE);
    String table = page.substring(page.indexOf("## A route\n"), page.indexOf("### Examples\n"));
    String examples = String.join("", examples());

    assertThat(FIELD.matcher(table).results().map(found -> found.group(1)).toList())
        .hasSize(9)
        .allSatisfy(field -> assertThat(examples).contains("\"" + field + "\":"));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsTrue(String example) throws IOException {
    try (TestPlane plane = TestPlane.synced();
        EchoServer echo = EchoServer.start(ListenAddress.loopback(0))) {
      int revision = 0;
      for (String line : example.split("\n", -1)) {
        String here = line.replace(ECHO, "http://127.0.0.1:" + echo.port());
        if (here.startsWith("/")) {
          String[] keyAndValue = here.split(" ", 2);
          plane.commit(Rows.of(keyAndValue[0], ++revision, keyAndValue[1]));
        } else if (!here.isEmpty()) {
          String[] asked = here.split(" => ", 2);
          assertThat(asked(plane.plane().port(), asked[0])).as(line).isEqualTo(asked[1]);
        }
      }
    }
  }

  /** What the upstream was asked for, or the status where it was not. */
  private static String asked(int port, String request) throws IOException {
    String[] parts = request.split(" ", 3);
    String answer =
        RawHttp.exchange(
            port,
            parts[0]
                + (" " + parts[2] + " HTTP/1.1\r\nHost: " + parts[1] + "\r\n")
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
    String status = answer.split(" ", 3)[1];
    if (!status.equals("200")) {
      return status;
    }
    byte[] body = answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(ISO_8859_1);
    var seen = new JsonMapper().readTree(body);
    return seen.get("method").textValue() + " " + seen.get("url").textValue();
  }
}
