package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.cli.client.Server.Answer;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub list}: prints keys, a line each. */
@Command(
    name = "list",
    description =
        "Prints the keys that start with PREFIX, a line each: key, revision and value, with tabs"
            + " between them, and escapes such as \\n in the value. With --json a line is an item.",
    mixinStandardHelpOptions = true)
public final class ListCommand extends ClientCommand {
  private static final int PAGE = 1000;

  @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "such as /routes/; none: all")
  private String prefix = "/";

  @Option(names = "--rev", paramLabel = "N", description = "as of this revision")
  private @Nullable Long rev;

  @Option(names = "--keys", description = "the keys alone")
  private boolean keys;

  @Override
  void run(Server server, PrintWriter out) {
    Map<String, Object> parameters = parameters("rev", rev);
    parameters.put("prefix", Keys.prefix(prefix));
    int limit = PAGE;
    boolean more = true;
    while (more && !out.checkError()) { // such as when head has seen enough
      parameters.put("limit", limit);
      Answer answer = server.send("GET", "/kv" + query(parameters));
      if (limit > 1 && isTooLong(answer)) {
        limit = Math.max(1, limit / 8);
        continue;
      }
      JsonNode page = answer.orRefuse();
      page.path("items").forEach(item -> out.print(line(item) + "\n"));
      more = page.has("next");
      parameters.put("after", page.path("next").asText());
      parameters.put("at", page.path("at").asText());
    }
  }

  /** Whether so many values are more than is answered at once. */
  private static boolean isTooLong(Answer answer) {
    return answer.status() == 400 && answer.json().path("field").asText().equals("limit");
  }

  private String line(JsonNode item) {
    String key = item.path("key").asText();
    if (keys) {
      return key;
    } else if (json) {
      return item.toString();
    }
    return key
        + "\t"
        + item.path("revision").asText()
        + "\t"
        + Shown.inOneLine(item.path("value").asText());
  }
}
