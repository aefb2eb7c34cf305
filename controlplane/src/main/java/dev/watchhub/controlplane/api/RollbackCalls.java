package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.controlplane.store.Past;
import dev.watchhub.controlplane.store.Placed;
import dev.watchhub.controlplane.store.RollbackStore;
import dev.watchhub.controlplane.store.RolledBack;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestPath;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls that give keys the values again that they had. */
final class RollbackCalls {
  private static final String PATH = "/rollback";

  private final RollbackStore store;
  private final Arrivals arrivals;

  RollbackCalls(RollbackStore store, Arrivals arrivals) {
    this.store = store;
    this.arrivals = arrivals;
  }

  void addTo(RoutesConfig routes) {
    routes.post(PATH + "/<id>", this::key);
    routes.post(PATH, this::prefix);
  }

  private void key(Context context) {
    QueryParameters query =
        QueryParameters.parse(
            context.queryString(), Set.of("rev", DryRun.PARAMETER, ArrivalWait.PARAMETER));
    String key =
        KeySpace.checked(
            "key", RequestPath.decode(context.req().getRequestURI()).substring(PATH.length()));
    long revision = revision(query);
    boolean dryRun = DryRun.of(query);
    ArrivalWait wait = arrivals.wait(context, query);
    Attribution by = Attribution.of(context);
    answer(
        context, revision, dryRun, wait, store.key(key, revision, dryRun, by.author(), by.note()));
  }

  private void prefix(Context context) {
    QueryParameters query =
        QueryParameters.parse(
            context.queryString(),
            Set.of("prefix", "rev", DryRun.PARAMETER, ArrivalWait.PARAMETER));
    String prefix =
        KeySpace.prefix(query).orElseThrow(() -> missing("prefix", "the beginning of a key"));
    long revision = revision(query);
    boolean dryRun = DryRun.of(query);
    ArrivalWait wait = arrivals.wait(context, query);
    Attribution by = Attribution.of(context);
    answer(
        context,
        revision,
        dryRun,
        wait,
        store.prefix(prefix, revision, dryRun, by.author(), by.note()));
  }

  private static long revision(QueryParameters query) {
    return query
        .number("rev", 1, Long.MAX_VALUE)
        .orElseThrow(() -> missing("rev", "the revision to go back to"));
  }

  private static ProblemException missing(String name, String expected) {
    return new ProblemException(
        Problem.badField(
            name, "the query parameter '" + name + "' is missing; expected " + expected));
  }

  private void answer(
      Context context,
      long revision,
      boolean dryRun,
      ArrivalWait wait,
      Past<Placed<List<RolledBack>>> past) {
    Placed<List<RolledBack>> placed = PastProblems.known(past, revision);
    Map<String, Long> puts = new HashMap<>();
    for (RolledBack key : placed.outcome()) {
      if (key.to() != null && key.row() != null) {
        puts.put(key.key(), key.row().revision());
      }
    }
    arrivals.answer(
        context,
        wait,
        puts,
        placed.position(),
        arrival -> answer(context, dryRun, placed, arrival));
  }

  private static void answer(
      Context context, boolean dryRun, Placed<List<RolledBack>> placed, @Nullable Arrival arrival) {
    Answers.json(
        context,
        out -> {
          if (dryRun) {
            out.writeBooleanField("dryRun", true);
          }
          out.writeArrayFieldStart("results");
          for (RolledBack key : placed.outcome()) {
            write(out, key);
          }
          out.writeEndArray();
          out.writeStringField("position", placed.position().toString());
          if (arrival != null) {
            arrival.write(out);
          }
        });
  }

  private static void write(JsonGenerator out, RolledBack key) throws IOException {
    out.writeStartObject();
    out.writeStringField("op", key.to() == null ? "delete" : "put");
    out.writeStringField("key", key.key());
    if (key.from() != null) {
      out.writeNumberField("from", key.from());
    }
    if (key.to() != null) {
      out.writeNumberField("to", key.to());
    }
    if (key.row() != null) {
      Answers.write(out, key.row());
    }
    out.writeEndObject();
  }
}
