package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./watchhub rollout}: which node has applied what. */
@Command(
    name = "rollout",
    description = {
      "Prints which node has applied everything up to a position, such as the one of a put --json.",
      "Ends with 0 when all have, else with 1."
    },
    mixinStandardHelpOptions = true)
public final class RolloutCommand extends ClientCommand {
  @Option(
      names = "--position",
      paramLabel = "POSITION",
      description = "up to where (default: all that was committed until now)")
  private @Nullable String position;

  @Override
  void run(Server server, PrintWriter out) {
    JsonNode answer = server.get("/rollout" + query(parameters("position", position)));
    if (json) {
      out.print(answer + "\n");
    } else {
      print(out, answer);
    }
    out.flush();
    if (!answer.path("applied").asBoolean()) {
      throw ClientException.refused(
          answer.path("pending").isTextual()
              ? answer.path("pending").asText()
              : "not every node has applied " + answer.path("position").asText());
    }
  }

  private static void print(PrintWriter out, JsonNode answer) {
    Table table = new Table("NODE", "FOLLOWS", "APPLIED", "SILENT", "REFUSED", "POSITION");
    for (JsonNode node : answer.path("nodes")) {
      table.add(
          Shown.inOneLine(node.path("node").asText()),
          node.path("watchMode").asText("-"),
          node.path("gone").asBoolean() ? "gone" : node.path("applied").asBoolean() ? "yes" : "no",
          node.path("silentMillis").asText() + " ms",
          node.path("refusedCount").asText(),
          node.path("position").asText("-"));
    }
    table.print(out);
  }
}
