package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub rollback}: takes keys back to how they were. */
@Command(
    name = "rollback",
    description =
        "Gives a key, or all keys under a prefix in one commit, the values again that they had as"
            + " of a revision, and prints what changes.",
    mixinStandardHelpOptions = true)
public final class RollbackCommand extends WriteCommand {
  @ArgGroup(multiplicity = "1")
  private Keyed keyed = new Keyed();

  @Option(names = "--rev", paramLabel = "N", required = true, description = "as of which revision")
  private long rev;

  @Option(names = "--dry-run", description = "only say what would change")
  private boolean dryRun;

  /** What goes back. */
  private static final class Keyed {
    @Parameters(index = "0", paramLabel = "KEY", description = "such as /routes/foo")
    private @Nullable String key;

    @Option(names = "--prefix", paramLabel = "PREFIX", description = "all keys that start with it")
    private @Nullable String prefix;
  }

  @Override
  void run(Server server, PrintWriter out) {
    Map<String, Object> parameters = parameters("rev", rev);
    parameters.putAll(parameters("dryRun", dryRun ? true : null));
    String path = "/rollback";
    if (keyed.prefix == null) {
      path += Keys.path(Objects.requireNonNull(keyed.key, "one of both is there"));
    } else {
      parameters.put("prefix", Keys.prefix(keyed.prefix));
    }
    JsonNode answer =
        server.send("POST", path + query(parameters), attribution(), new byte[0]).orRefuse();
    if (json) {
      out.print(answer + "\n");
      return;
    }
    Table table = new Table("OP", "KEY", "FROM", "TO", "REVISION");
    for (JsonNode row : answer.path("results")) {
      table.add(
          row.path("op").asText(),
          row.path("key").asText(),
          row.path("from").asText("-"),
          row.path("to").asText("-"),
          row.path("revision").asText("-"));
    }
    table.print(out);
  }
}
