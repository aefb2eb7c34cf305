package dev.watchhub.cli.client;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.watchhub.client.Watcher;
import dev.watchhub.protocol.Position;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./watchhub watch}: prints changes as they are committed. */
@Command(
    name = "watch",
    description = {
      "Prints what is live under the prefixes, then each change as it is committed, until Ctrl-C. A"
          + " line has what happened (have, put, delete), key, revision and value, with tabs between"
          + " them, and escapes such as \\n in the value.",
      "A lost hub is looked for again, and nothing is missed. A line reset voids all lines before:"
          + " what follows is everything anew."
    },
    mixinStandardHelpOptions = true)
public final class WatchCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "PREFIX", description = "such as /routes/; none: all")
  private List<String> prefixes = List.of("/");

  @Option(
      names = "--since",
      paramLabel = "POSITION",
      description = "only what was committed after it, such as the one of a put --json")
  private @Nullable String since;

  @Option(
      names = "--hub",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_HUB:-http://127.0.0.1:9280}",
      description = "the hub (default: ${DEFAULT-VALUE})")
  private URI hub = URI.create("http://127.0.0.1:9280");

  @Option(
      names = "--json",
      description =
          "a JSON object a line, with all that is known of the change; where a commit is complete"
              + " with its position, for --since")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    prefixes.forEach(Keys::prefix);
    Position position = since == null ? null : position(since);
    CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
    ChangePrinter printer =
        new ChangePrinter(commandLine.getOut(), commandLine.getErr(), json, position != null);
    if (LoggerFactory.getLogger(Watcher.class.getPackageName()) instanceof Logger log) {
      log.setLevel(Level.OFF); // the printer says what a person should know, in the client's form
    }
    Watcher watcher = start(position, printer);
    try {
      printer.awaitEnd();
    } finally {
      watcher.close();
    }
    return 0;
  }

  private Watcher start(@Nullable Position position, ChangePrinter printer) {
    try {
      return Watcher.ofHub(
          hub,
          prefixes,
          position,
          printer,
          (component, cause) ->
              printer.end(ClientException.noAnswer(component + " failed: " + cause)));
    } catch (IllegalArgumentException e) {
      throw ClientException.usage("--hub " + e.getMessage());
    }
  }

  private static Position position(String text) {
    return Position.parse(text)
        .orElseThrow(
            () ->
                ClientException.usage(
                    "--since '"
                        + text
                        + "': expected a position, as put --json and watch --json"
                        + " have it"));
  }
}
