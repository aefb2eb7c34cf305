package dev.watchhub.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub put}: writes a key. */
@Command(
    name = "put",
    description = {
      "Writes a key and prints its revision. Without VALUE it takes what comes in at standard input,"
          + " byte for byte.",
      "A value that is checked is stored as compact JSON."
    },
    mixinStandardHelpOptions = true)
public final class PutCommand extends WriteCommand {
  @Parameters(index = "0", paramLabel = "KEY", description = "such as /routes/foo")
  private String key = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "any text; -- before one that starts with '-'")
  private @Nullable String value;

  @Option(
      names = "--if-revision",
      paramLabel = "N",
      description = "only if the key has the value of this revision")
  private @Nullable Long ifRevision;

  @Option(names = "--if-absent", description = "only if the key has no value")
  private boolean ifAbsent;

  @Option(
      names = "--check",
      negatable = true,
      description =
          "check the value by the collection that the key is of; by default under /routes/ and"
              + " /upstreams/")
  private @Nullable Boolean check;

  @Override
  void run(Server server, PrintWriter out) {
    String path = Keys.written(key, check);
    Map<String, String> headers = attribution();
    headers.putAll(ifRevision(ifRevision));
    if (ifAbsent) {
      if (ifRevision != null) {
        throw ClientException.usage("--if-revision and --if-absent exclude each other");
      }
      headers.put("If-None-Match", "*");
    }
    JsonNode answer = server.send("PUT", path, headers, bytes()).orRefuse();
    print(out, answer, answer.path("revision").asText());
  }

  private byte[] bytes() {
    if (value != null) {
      return Keys.decoded("the value", value).getBytes(UTF_8);
    }
    try {
      return System.in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading standard input", e);
    }
  }
}
