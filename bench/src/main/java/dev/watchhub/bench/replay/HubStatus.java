package dev.watchhub.bench.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.bench.harness.BenchException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/**
 * What a hub says of itself at {@code /status}.
 *
 * @param commits that it has read since its start
 * @param oldestPosition a client may come from here or later
 */
record HubStatus(boolean ready, long commits, String oldestPosition) {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** As it is now. */
  static HubStatus of(URI hub) {
    try (InputStream in = hub.resolve("/status").toURL().openStream()) {
      JsonNode status = MAPPER.readTree(in);
      return new HubStatus(
          status.path("ready").asBoolean(),
          status.path("commits").asLong(),
          status.path("oldestPosition").asText());
    } catch (IOException e) {
      throw new BenchException("the hub does not tell its status: " + e.getMessage(), e);
    }
  }
}
