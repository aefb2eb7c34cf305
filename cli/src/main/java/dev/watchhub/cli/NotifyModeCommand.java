package dev.watchhub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.controlplane.store.NotifyMode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./watchhub notify-mode}: says or sets who announces by NOTIFY. */
@Command(
    name = "notify-mode",
    description = "Says who announces changes to clients that LISTEN, or sets it.",
    mixinStandardHelpOptions = true)
final class NotifyModeCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final JsonMapper JSON = new JsonMapper();

  @Option(
      names = "--controlplane",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_CONTROLPLANE:-http://127.0.0.1:9180}",
      description = "the admin API (default: ${DEFAULT-VALUE})")
  private URI controlPlane = URI.create("http://127.0.0.1:9180");

  @Parameters(
      arity = "0..1",
      paramLabel = "trigger|hub|off",
      description = "the table's trigger, a hub, or nobody; none: says which it is")
  private @Nullable NotifyMode mode;

  @Override
  public Integer call() throws InterruptedException {
    if (controlPlane.getHost() == null
        || !String.valueOf(controlPlane.getScheme()).matches("(?i)https?")) {
      throw new UsageException("--controlplane '" + controlPlane + "': expected http://HOST:PORT");
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(controlPlane.resolve("/notify-mode")).timeout(LIMIT);
    if (mode != null) {
      request.PUT(BodyPublishers.ofString("{\"mode\":\"" + mode.wire() + "\"}"));
    }
    try {
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .connectTimeout(LIMIT)
              .build()
              .send(request.build(), BodyHandlers.ofString());
      JsonNode json = JSON.readTree(answer.body());
      if (answer.statusCode() != 200 || !json.path("mode").isTextual()) {
        throw new UsageException(
            "%s answers %d: %s"
                .formatted(
                    controlPlane,
                    answer.statusCode(),
                    json.path("detail").asText("expected a control plane there")));
      }
      System.out.println(json.path("mode").asText());
      return 0;
    } catch (JsonProcessingException e) {
      throw new UsageException("what answers at " + controlPlane + " is no control plane");
    } catch (IOException e) {
      throw new UsageException("no control plane answers at " + controlPlane);
    }
  }
}
