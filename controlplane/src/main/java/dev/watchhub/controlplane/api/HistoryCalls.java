package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.controlplane.store.History;
import dev.watchhub.controlplane.store.PastStore;
import dev.watchhub.controlplane.store.Revision;
import dev.watchhub.http.Excerpt;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestPath;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code GET /history/{key…}}: the rows of one key. Any thread. */
final class HistoryCalls {
  private static final String PATH = "/history";
  private static final int USUAL_ROWS = 100;
  private static final int MAX_ROWS = 10_000;

  /** Longest values that are answered: they are in memory until the client has read them. */
  private static final long MAX_CHARS = 16L << 20;

  private final PastStore store;

  HistoryCalls(PastStore store) {
    this.store = store;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, PATH + "/<id>", this::history);
  }

  private void history(Context context) {
    QueryParameters query =
        QueryParameters.parse(context.queryString(), Set.of("limit", "before", "values"));
    String key =
        KeySpace.checked(
            "key", RequestPath.decode(context.req().getRequestURI()).substring(PATH.length()));
    int limit = (int) query.number("limit", 1, MAX_ROWS).orElse(USUAL_ROWS);
    OptionalLong before = query.number("before", 1, Long.MAX_VALUE);
    @Nullable Long below = before.isPresent() ? Long.valueOf(before.getAsLong()) : null;
    History history = store.history(key, below, limit, query.flag("values"), MAX_CHARS);
    if (history.revisions().isEmpty() && below == null) {
      throw new ProblemException(
          new Problem(
                  404,
                  "there is no row of a key '"
                      + Excerpt.of(key)
                      + "'; compaction may have taken them",
                  Map.of("key", key))
              .ofType("no-such-key"));
    }
    Answers.json(context, out -> write(out, key, history));
  }

  private static void write(JsonGenerator out, String key, History history) throws IOException {
    out.writeStringField("key", key);
    out.writeArrayFieldStart("items");
    for (Revision revision : history.revisions()) {
      write(out, revision);
    }
    out.writeEndArray();
    if (history.more()) {
      out.writeNumberField(
          "next", history.revisions().get(history.revisions().size() - 1).number());
    }
    if (history.compacted()) {
      out.writeBooleanField("compacted", true);
    }
  }

  private static void write(JsonGenerator out, Revision row) throws IOException {
    out.writeStartObject();
    out.writeNumberField("revision", row.number());
    out.writeStringField("op", row.tombstone() ? "delete" : "put");
    out.writeNumberField("createTime", row.createTime());
    if (row.author() != null) {
      out.writeStringField("author", row.author());
    }
    if (row.note() != null) {
      out.writeStringField("note", row.note());
    }
    out.writeNumberField("bytes", row.bytes());
    out.writeNumberField("version", row.version());
    out.writeNumberField("createRevision", row.createRevision());
    if (row.value() != null) {
      out.writeStringField("value", row.value());
    }
    out.writeEndObject();
  }
}
