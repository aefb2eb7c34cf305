package dev.watchhub.controlplane.hubs;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.protocol.Position;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Asks hubs how far their subscribers have come. Any thread. */
public final class HubPositions {
  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int MAX_BYTES = 64 << 20;
  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final List<URI> hubs;

  /** Asks these. */
  public HubPositions(List<URI> hubs) {
    this.hubs = List.copyOf(hubs);
  }

  /** Whether there is nobody to ask. */
  public boolean isEmpty() {
    return hubs.isEmpty();
  }

  /**
   * The positions of all subscribers, those left out that wait for their snapshot; empty when one
   * of the hubs does not say. Waits 2 s at most.
   */
  public Optional<List<Position>> ask() {
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (URI hub : hubs) {
      String base = hub.toString().replaceAll("/+$", "");
      HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/subscribers")).build();
      answers.add(client.sendAsync(request, head -> new BoundedBody(MAX_BYTES)));
    }
    try {
      long start = System.nanoTime();
      List<Position> positions = new ArrayList<>();
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        long rest = LIMIT.toNanos() - (System.nanoTime() - start);
        if (!read(answer.get(Math.max(0, rest), NANOSECONDS), positions)) {
          return Optional.empty();
        }
      }
      return Optional.of(positions);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException | IOException e) {
      return Optional.empty();
    } finally {
      answers.forEach(answer -> answer.cancel(true)); // of one that is whole, nothing
    }
  }

  private static boolean read(HttpResponse<byte[]> answer, List<Position> positions)
      throws IOException {
    JsonNode subscribers = MAPPER.readTree(answer.body()).path("subscribers");
    if (answer.statusCode() != 200 || !subscribers.isArray()) {
      return false;
    }
    for (JsonNode subscriber : subscribers) {
      Optional.ofNullable(subscriber.path("position").textValue())
          .flatMap(Position::parse)
          .ifPresent(positions::add);
    }
    return true;
  }
}
