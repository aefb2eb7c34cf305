package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.NotifyMode;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestBody;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** The calls that keep the table in order. */
final class MaintenanceCalls {
  private static final int MAX_BODY_BYTES = 1024;

  private final ConfigStore store;

  /** One compaction at a time: each may hold a thread for as long as a minute. */
  private final Semaphore compaction = new Semaphore(1);

  MaintenanceCalls(ConfigStore store) {
    this.store = store;
  }

  void addTo(RoutesConfig routes) {
    routes.post("/compact", this::compact);
    HttpServer.get(routes, "/notify-mode", this::mode);
    routes.put("/notify-mode", this::setMode);
  }

  private void compact(Context context) {
    QueryParameters query =
        QueryParameters.parse(context.queryString(), Set.of("revision", "before", "latest"));
    OptionalLong revision = query.number("revision", 1, Long.MAX_VALUE);
    Optional<Long> before = query.text("before").map(text -> millis(query, text));
    Optional<String> latest = query.text("latest");
    if (latest.isPresent() && !latest.get().equals("true")) {
      throw query.bad("latest", "true");
    }
    if ((revision.isPresent() ? 1 : 0) + (before.isPresent() ? 1 : 0) + (latest.isPresent() ? 1 : 0)
        != 1) {
      throw new ProblemException(
          Problem.badField("query", "expected exactly one of 'revision', 'before' and 'latest'"));
    }
    if (!compaction.tryAcquire()) {
      throw new ProblemException(new Problem(409, "another compaction runs; try again later"));
    }
    long removed;
    try {
      if (revision.isPresent()) {
        removed = store.compactBeforeRevision(revision.getAsLong());
      } else if (before.isPresent()) {
        removed = store.compactBeforeTime(before.get());
      } else {
        removed = store.compactToLatest();
      }
    } finally {
      compaction.release();
    }
    Answers.json(context, out -> out.writeNumberField("removed", removed));
  }

  /**
   * Milliseconds since the epoch. The {@code +} of an offset arrives as a space from most clients.
   */
  private static long millis(QueryParameters query, String text) {
    if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return query.number("before", 0, Long.MAX_VALUE).orElseThrow();
    }
    try {
      return OffsetDateTime.parse(text.replace(' ', '+')).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw query.bad("before", "a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970");
    }
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
