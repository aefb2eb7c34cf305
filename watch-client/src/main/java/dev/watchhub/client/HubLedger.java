package dev.watchhub.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hub, which is told by {@code POST /subscribers/{node}/applied}. */
final class HubLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(HubLedger.class);
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final long LIMIT_SECONDS = 2;
  private static final int MAX_REASON_CHARS = 500;

  private final HttpClient client = EventStream.startClient();
  private final String base;

  HubLedger(URI hub) {
    base = hub.toString().replaceAll("/+$", "");
  }

  @Override
  public void tell(AppliedReport report, boolean leaving) {
    try {
      ContentResponse answer =
          client
              .POST(base + "/subscribers/" + report.node() + "/applied")
              .body(new BytesRequestContent("application/json", json(report, leaving)))
              .timeout(LIMIT_SECONDS, TimeUnit.SECONDS)
              .send();
      if (answer.getStatus() / 100 != 2) {
        throw new SourceException(
            "status " + answer.getStatus() + ": " + answer.getContentAsString().strip());
      }
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new SourceException(String.valueOf(cause.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SourceException("interrupted", e);
    }
  }

  private static byte[] json(AppliedReport report, boolean leaving) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("node", report.node());
    json.put("version", report.version());
    json.put("startedAt", report.startedAt().toString());
    if (report.reached() != null && report.reached().position() != null) {
      json.put("position", report.reached().position().toString());
    }
    json.set("refused", refused(report));
    json.put("refusedCount", report.refusedCount());
    json.put("leaving", leaving);
    try {
      return MAPPER.writeValueAsString(json).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report that is no JSON", e);
    }
  }

  /** The list of refused values, as both ledgers take it. */
  static ArrayNode refused(AppliedReport report) {
    ArrayNode list = MAPPER.createArrayNode();
    report.refused().stream()
        .limit(AppliedReport.MAX_REFUSED)
        .forEach(
            one ->
                list.addObject()
                    .put("key", one.key())
                    .put("revision", one.revision())
                    .put("reason", shortened(one.reason())));
    return list;
  }

  private static String shortened(String reason) {
    return reason.length() <= MAX_REASON_CHARS ? reason : reason.substring(0, MAX_REASON_CHARS);
  }

  @Override
  public void close() {
    try {
      client.stop();
    } catch (Exception e) {
      LOG.warn("the HTTP client did not stop in order", e);
    }
  }
}
