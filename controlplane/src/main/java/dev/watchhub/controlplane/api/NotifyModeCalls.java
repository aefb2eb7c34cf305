package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.NotifyMode;
import dev.watchhub.http.Excerpt;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestBody;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.Set;

/** {@code /notify-mode}: who announces. Any thread. */
final class NotifyModeCalls {
  private static final int MAX_BODY_BYTES = 1024;

  private final ConfigStore store;

  NotifyModeCalls(ConfigStore store) {
    this.store = store;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/notify-mode", this::mode);
    routes.put("/notify-mode", this::setMode);
  }

  private void mode(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    answer(context, store.notifyMode());
  }

  private void setMode(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    answer(context, store.notifyMode(asked(RequestBody.text(context, MAX_BODY_BYTES))));
  }

  private static NotifyMode asked(String body) {
    try {
      JsonNode json = JsonText.parse(body);
      if (json.isObject() && json.size() == 1) {
        Optional<NotifyMode> mode =
            Optional.ofNullable(json.path("mode").textValue()).flatMap(NotifyMode::ofWire);
        if (mode.isPresent()) {
          return mode.get();
        }
      }
    } catch (JsonProcessingException e) {
      // Falls through to the same answer.
    }
    throw new ProblemException(
        Problem.badField(
            "mode",
            "the body is '"
                + Excerpt.of(body)
                + "'; expected {\"mode\":\"…\"} with trigger, hub or off"));
  }

  private static void answer(Context context, NotifyMode mode) {
    Answers.json(context, out -> out.writeStringField("mode", mode.wire()));
  }
}
