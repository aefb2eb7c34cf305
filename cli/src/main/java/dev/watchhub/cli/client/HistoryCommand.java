package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub history}: prints what was written to a key. */
@Command(
    name = "history",
    description = "Prints the revisions of a key, newest first.",
    mixinStandardHelpOptions = true)
public final class HistoryCommand extends ClientCommand {
  @Parameters(paramLabel = "KEY", description = "such as /routes/foo")
  private String key = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "at most so many, from 1 to 10000 (default: ${DEFAULT-VALUE})")
  private int limit;

  @Option(names = "--before", paramLabel = "N", description = "only revisions below this one")
  private @Nullable Long before;

  @Override
  void run(Server server, PrintWriter out) {
    Map<String, Object> parameters = parameters("before", before);
    parameters.put("limit", limit);
    JsonNode answer = server.get("/history" + Keys.path(key) + query(parameters));
    if (json) {
      out.print(answer + "\n");
      return;
    }
    Table table = new Table("REVISION", "OP", "TIME", "VERSION", "BYTES", "AUTHOR", "NOTE");
    for (JsonNode row : answer.path("items")) {
      table.add(
          row.path("revision").asText(),
          row.path("op").asText(),
          Instant.ofEpochMilli(row.path("createTime").asLong()).toString(),
          row.path("version").asText(),
          row.path("bytes").asText(),
          Shown.inOneLine(row.path("author").asText()),
          Shown.inOneLine(row.path("note").asText()));
    }
    table.print(out);
    out.flush();
    if (answer.has("next")) {
      note("there is more: --before " + answer.path("next").asText());
    } else if (answer.has("compacted")) {
      note("compaction took what was before");
    }
  }
}
