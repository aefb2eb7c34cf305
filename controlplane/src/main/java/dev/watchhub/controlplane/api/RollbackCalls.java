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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The calls that give keys the values again that they had. */
final class RollbackCalls {
  private static final String PATH = "/rollback";

  private final RollbackStore store;

  RollbackCalls(RollbackStore store) {
    this.store = store;
  }

  void addTo(RoutesConfig routes) {
    routes.post(PATH + "/<id>", this::key);
    routes.post(PATH, this::prefix);
  }

  private void key(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), Set.of("rev", "dryRun"));
    String key =
        KeySpace.checked(
            "key", RequestPath.decode(context.req().getRequestURI()).substring(PATH.length()));
    long revision = revision(query);
    boolean dryRun = dryRun(query);
    Attribution by = Attribution.of(context);
    answer(context, revision, dryRun, store.key(key, revision, dryRun, by.author(), by.note()));
  }

  private void prefix(Context context) {
    QueryParameters query =
        QueryParameters.parse(context.queryString(), Set.of("prefix", "rev", "dryRun"));
    String prefix =
        query.text("prefix").orElseThrow(() -> missing("prefix", "the beginning of a key"));
    if (!prefix.startsWith("/") || prefix.chars().anyMatch(Character::isISOControl)) {
      throw query.bad("prefix", "the beginning of a key: '/', and no control characters");
    }
    long revision = revision(query);
    boolean dryRun = dryRun(query);
    Attribution by = Attribution.of(context);
    answer(
        context, revision, dryRun, store.prefix(prefix, revision, dryRun, by.author(), by.note()));
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

  private static boolean dryRun(QueryParameters query) {
    Optional<String> text = query.text("dryRun");
    if (text.isPresent() && !text.get().equals("true") && !text.get().equals("false")) {
      throw query.bad("dryRun", "true or false");
    }
    return text.isPresent() && text.get().equals("true");
  }

  private static void answer(
      Context context, long revision, boolean dryRun, Past<Placed<List<RolledBack>>> past) {
    Placed<List<RolledBack>> placed = PastProblems.known(past, revision);
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
