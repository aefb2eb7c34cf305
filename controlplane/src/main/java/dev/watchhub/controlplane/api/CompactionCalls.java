package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.controlplane.compaction.CompactionOptions;
import dev.watchhub.controlplane.compaction.Compactor;
import dev.watchhub.controlplane.store.CompactionRecord;
import dev.watchhub.controlplane.store.CompactionRule;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code POST /compact}, and what compaction did by itself. Any thread. */
final class CompactionCalls {
  private final Compactor compactor;

  /** One at a time: each holds a thread for as long as it takes. */
  private final Semaphore turn = new Semaphore(1);

  CompactionCalls(Compactor compactor) {
    this.compactor = compactor;
  }

  void addTo(RoutesConfig routes) {
    routes.post("/compact", this::compact);
    HttpServer.get(routes, "/status", this::status);
  }

  private void compact(Context context) {
    QueryParameters query =
        QueryParameters.parse(
            context.queryString(), Set.of("revision", "before", "latest", DryRun.PARAMETER));
    CompactionRule rule = rule(query);
    boolean dryRun = query.flag(DryRun.PARAMETER);
    if (!turn.tryAcquire()) {
      throw busy();
    }
    Compactor.Outcome outcome;
    try {
      outcome = compactor.compact(rule, dryRun).orElseThrow(CompactionCalls::busy);
    } finally {
      turn.release();
    }
    Answers.json(
        context,
        out -> {
          if (dryRun) {
            out.writeBooleanField("dryRun", true);
          }
          out.writeNumberField("removed", outcome.removed());
          if (outcome.held() > 0) {
            out.writeNumberField("held", outcome.held());
          }
        });
  }

  private static ProblemException busy() {
    return new ProblemException(
        new Problem(409, "another compaction runs; try again later").ofType("compaction-runs"));
  }

  private static CompactionRule rule(QueryParameters query) {
    OptionalLong revision = query.number("revision", 1, Long.MAX_VALUE);
    Optional<Long> before = query.text("before").map(text -> millis(query, text));
    boolean latest = query.flag("latest");
    if ((revision.isPresent() ? 1 : 0) + (before.isPresent() ? 1 : 0) + (latest ? 1 : 0) != 1) {
      throw new ProblemException(
          Problem.badField("query", "expected exactly one of 'revision', 'before' and 'latest'"));
    }
    if (revision.isPresent()) {
      return CompactionRule.beforeRevision(revision.getAsLong());
    }
    return before.map(CompactionRule::beforeTime).orElseGet(CompactionRule::toLatest);
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

  private void status(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    CompactionOptions options = compactor.options();
    CompactionRecord record = compactor.record();
    Answers.json(
        context,
        out -> {
          out.writeObjectFieldStart("compaction");
          out.writeBooleanField("automatic", options.automatic());
          write(
              out, "retainSeconds", options.retain() == null ? null : options.retain().toSeconds());
          write(out, "retainRevisions", options.retainRevisions());
          write(out, "beganAt", record.beganAt());
          write(out, "endedAt", record.endedAt());
          out.writeNumberField("removed", record.removed());
          out.writeNumberField("held", record.held());
          out.writeNumberField("removedTotal", record.total());
          out.writeStringField("error", record.error());
          out.writeEndObject();
        });
  }

  private static void write(JsonGenerator out, String name, @Nullable Long number)
      throws IOException {
    if (number == null) {
      out.writeNullField(name);
    } else {
      out.writeNumberField(name, number);
    }
  }

  private static void write(JsonGenerator out, String name, @Nullable Instant time)
      throws IOException {
    out.writeStringField(name, time == null ? null : time.toString());
  }
}
