package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks hubs who follows them. Any thread. */
final class HubNodes {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  /**
   * What a hub says.
   *
   * @param nodes none where it did not answer
   * @param error why it did not; null when it did
   */
  record Answer(URI hub, List<NodeState> nodes, @Nullable String error) {}

  /** Waits for the answer, 2 s at most. */
  Answer ask(URI hub) {
    String base = hub.toString().replaceAll("/+$", "");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/subscribers")).timeout(LIMIT).build();
    try {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return failed(hub, "it answered with status " + answer.statusCode());
      }
      List<NodeState> nodes = new ArrayList<>();
      for (JsonNode subscriber : MAPPER.readTree(answer.body()).path("subscribers")) {
        NodeState.of(subscriber).ifPresent(nodes::add);
      }
      return new Answer(hub, nodes, null);
    } catch (JsonProcessingException e) {
      return failed(hub, "its answer is no JSON");
    } catch (IOException e) {
      return failed(hub, "it does not answer: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(hub, "interrupted");
    }
  }

  private static Answer failed(URI hub, String why) {
    return new Answer(hub, List.of(), why);
  }
}
