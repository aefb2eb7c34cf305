package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub del}: deletes a key. */
@Command(
    name = "del",
    description = "Deletes a key and prints the revision of the deletion.",
    mixinStandardHelpOptions = true)
public final class DelCommand extends WriteCommand {
  @Parameters(paramLabel = "KEY", description = "such as /routes/foo")
  private String key = "";

  @Option(
      names = "--if-revision",
      paramLabel = "N",
      description = "only if the key has the value of this revision")
  private @Nullable Long ifRevision;

  @Option(
      names = "--check",
      negatable = true,
      description =
          "delete no upstream that a route names; by default under /routes/ and /upstreams/")
  private @Nullable Boolean check;

  @Override
  void run(Server server, PrintWriter out) {
    Map<String, String> headers = attribution();
    headers.putAll(ifRevision(ifRevision));
    JsonNode answer =
        server.send("DELETE", Keys.written(key, check), headers, new byte[0]).orRefuse();
    print(out, answer, answer.path("revision").asText());
  }
}
