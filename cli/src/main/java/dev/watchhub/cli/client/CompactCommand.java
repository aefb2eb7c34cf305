package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./watchhub compact}: removes old revisions. */
@Command(
    name = "compact",
    description =
        "Removes old revisions, and waits until they are gone. The value that a key has now stays.",
    mixinStandardHelpOptions = true)
public final class CompactCommand extends ClientCommand {
  @ArgGroup(multiplicity = "1")
  private Rule rule = new Rule();

  @Option(names = "--dry-run", description = "only say how many rows would go")
  private boolean dryRun;

  /** What goes. */
  private static final class Rule {
    @Option(
        names = "--revision",
        paramLabel = "N",
        description = "what no read at revision N or later needs")
    private @Nullable Long revision;

    @Option(
        names = "--before",
        paramLabel = "TIME",
        description = "what was replaced or deleted before, such as 2026-01-31T12:00:00Z")
    private @Nullable String before;

    @Option(names = "--latest", description = "all but the value that each key has now")
    private boolean latest;
  }

  @Override
  void run(Server server, PrintWriter out) {
    Map<String, Object> parameters = parameters("revision", rule.revision);
    parameters.putAll(parameters("before", rule.before));
    parameters.putAll(parameters("latest", rule.latest ? true : null));
    parameters.putAll(parameters("dryRun", dryRun ? true : null));
    JsonNode answer =
        server
            .send(
                "POST",
                "/compact" + query(parameters),
                new LinkedHashMap<>(),
                new byte[0],
                Server.AS_LONG_AS_IT_TAKES)
            .orRefuse();
    long held = answer.path("held").asLong();
    print(
        out,
        answer,
        (dryRun ? "would remove " : "removed ")
            + answer.path("removed").asText()
            + (held == 0 ? "" : "; deletions held for those who follow: " + held));
  }
}
