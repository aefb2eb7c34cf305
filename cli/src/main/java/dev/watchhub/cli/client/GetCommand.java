package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub get}: prints a value. */
@Command(
    name = "get",
    description = "Prints the value of a key as it is stored, and nothing else, no newline either.",
    mixinStandardHelpOptions = true)
public final class GetCommand extends ClientCommand {
  @Parameters(paramLabel = "KEY", description = "such as /routes/foo")
  private String key = "";

  @Option(names = "--rev", paramLabel = "N", description = "as of this revision")
  private @Nullable Long rev;

  @Override
  void run(Server server, PrintWriter out) {
    JsonNode answer = server.get("/kv" + Keys.path(key) + query(parameters("rev", rev)));
    if (json) {
      out.print(answer + "\n");
    } else {
      out.print(answer.path("value").asText());
    }
  }
}
