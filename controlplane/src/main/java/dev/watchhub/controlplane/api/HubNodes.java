package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.controlplane.hubs.BoundedBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks hubs who follows them. Any thread. */
final class HubNodes {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int MAX_BYTES = 64 << 20;
  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  /**
   * What a hub says.
   *
   * @param nodes none where it did not answer
   * @param collecting for how long it has taken reports; null where it did not answer
   * @param error why it did not; null when it did
   */
  record Answer(
      URI hub, List<NodeState> nodes, @Nullable Duration collecting, @Nullable String error) {}

  /** Asks all of them at once, and waits for their whole answers, 2 s at most. */
  List<Answer> ask(List<URI> hubs) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    List<CompletableFuture<HttpResponse<byte[]>>> answers = hubs.stream().map(this::begin).toList();
    try {
      List<Answer> read = new ArrayList<>();
      for (int i = 0; i < hubs.size(); i++) {
        read.add(await(hubs.get(i), answers.get(i), deadline));
      }
      return read;
    } finally {
      answers.forEach(answer -> answer.cancel(true)); // of one that is whole, nothing
    }
  }

  private CompletableFuture<HttpResponse<byte[]>> begin(URI hub) {
    String base = hub.toString().replaceAll("/+$", "");
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/subscribers")).build();
    return client.sendAsync(request, head -> new BoundedBody(MAX_BYTES));
  }

  /** The client's own time limit ends with the headers. */
  private static Answer await(
      URI hub, CompletableFuture<HttpResponse<byte[]>> answer, long deadlineNanos) {
    try {
      long restNanos = Math.max(0, deadlineNanos - System.nanoTime());
      return read(hub, answer.get(restNanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return failed(hub, "it does not answer within " + LIMIT.toSeconds() + " s");
    } catch (ExecutionException e) {
      return failed(
          hub,
          e.getCause() instanceof BoundedBody.TooLongException
              ? "its answer is longer than " + (MAX_BYTES >> 20) + " MiB"
              : "it does not answer: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(hub, "interrupted");
    }
  }

  private static Answer read(URI hub, HttpResponse<byte[]> answer) {
    if (answer.statusCode() != 200) {
      return failed(hub, "it answered with status " + answer.statusCode());
    }
    JsonNode json;
    try {
      json = MAPPER.readTree(answer.body());
    } catch (IOException e) {
      return failed(hub, "its answer is no JSON");
    }
    if (!json.path("collectingMillis").isIntegralNumber()) {
      return failed(hub, "its answer lacks 'collectingMillis'; expected a hub of this version");
    }
    List<NodeState> nodes = new ArrayList<>();
    for (JsonNode subscriber : json.path("subscribers")) {
      NodeState.of(subscriber).ifPresent(nodes::add);
    }
    return new Answer(hub, nodes, Duration.ofMillis(json.get("collectingMillis").asLong()), null);
  }

  private static Answer failed(URI hub, String why) {
    return new Answer(hub, List.of(), null, why);
  }
}
