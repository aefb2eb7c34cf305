package dev.watchhub.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What commands that ask a control plane have in common. Main thread. */
abstract class ClientCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--controlplane",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_CONTROLPLANE:-http://127.0.0.1:9180}",
      description = "the admin API (default: ${DEFAULT-VALUE})")
  private URI controlPlane = URI.create("http://127.0.0.1:9180");

  @Option(names = "--json", description = "print the whole answer, as JSON")
  boolean json;

  /** Does it, and prints what comes of it. */
  abstract void run(Server server, PrintWriter out);

  @Override
  public final Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    run(Server.controlPlane(controlPlane), out);
    out.flush();
    return 0;
  }

  /** Says something beside the output. */
  void note(String text) {
    PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
    err.println("watchhub: " + text);
    err.flush();
  }

  /** Prints the whole answer if that is wanted, else what {@code words} finds in it. */
  void print(PrintWriter out, JsonNode answer, String words) {
    out.print((json ? answer.toString() : words) + "\n");
  }

  /** A query of those parameters that have a value. */
  static String query(Map<String, ?> parameters) {
    StringBuilder query = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(Keys.encoded(String.valueOf(value))));
    return query.toString();
  }

  /** A map of one parameter, or of none where there is no value. */
  static Map<String, Object> parameters(String name, @Nullable Object value) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    if (value != null) {
      parameters.put(name, value);
    }
    return parameters;
  }
}
