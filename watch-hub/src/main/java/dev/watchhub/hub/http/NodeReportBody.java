package dev.watchhub.hub.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.hub.nodes.NodeReport;
import dev.watchhub.protocol.Position;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code POST /subscribers/{id}/applied}. Fields that it does not know are left.
 */
final class NodeReportBody {
  /** Longest body that is read. */
  static final int MAX_BYTES = 256 << 10;

  private static final int MAX_CHARS = 1000;
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private NodeReportBody() {}

  /**
   * Reads a report.
   *
   * @param node whose it is
   * @throws ProblemException 400 naming the field that is wrong
   */
  static NodeReport read(String node, String body) {
    JsonNode json;
    try {
      json = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw bad("body", "the body is no JSON; expected an object such as {\"position\":\"…\"}");
    }
    if (!json.isObject()) {
      throw bad("body", "the body is no JSON object; expected one such as {\"position\":\"…\"}");
    }
    List<NodeReport.Refused> refused = refused(json.path("refused"));
    return new NodeReport(
        node,
        position(text(json, "position")),
        text(json, "version"),
        instant(text(json, "startedAt")),
        refused,
        Math.max(refused.size(), json.path("refusedCount").asLong()),
        json.path("leaving").asBoolean());
  }

  private static @Nullable Position position(@Nullable String text) {
    return text == null
        ? null
        : Position.parse(text)
            .orElseThrow(
                () -> bad("position", "'position' is none; expected one that a watch has sent"));
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw bad("startedAt", "'startedAt' is no time; expected one such as 2026-01-31T12:00:00Z");
    }
  }

  private static List<NodeReport.Refused> refused(JsonNode list) {
    List<NodeReport.Refused> refused = new ArrayList<>();
    if (list.isMissingNode() || list.isNull()) {
      return refused;
    }
    if (!list.isArray() || list.size() > NodeReport.MAX_REFUSED) {
      throw bad(
          "refused",
          "'refused' must be an array of at most " + NodeReport.MAX_REFUSED + " objects");
    }
    for (JsonNode one : list) {
      String key = text(one, "key");
      String reason = text(one, "reason");
      if (key == null || reason == null || !one.path("revision").isIntegralNumber()) {
        throw bad("refused", "each of 'refused' must have 'key', 'revision' and 'reason'");
      }
      refused.add(new NodeReport.Refused(key, one.get("revision").longValue(), reason));
    }
    return refused;
  }

  private static @Nullable String text(JsonNode json, String name) {
    JsonNode field = json.path(name);
    if (field.isMissingNode() || field.isNull()) {
      return null;
    }
    if (!field.isTextual() || field.textValue().length() > MAX_CHARS) {
      throw bad(name, "'" + name + "' must be a string of at most " + MAX_CHARS + " characters");
    }
    return field.textValue();
  }

  private static ProblemException bad(String field, String detail) {
    return new ProblemException(Problem.badField(field, detail));
  }
}
