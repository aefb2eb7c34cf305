package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.controlplane.store.KeyOutcome;
import dev.watchhub.controlplane.store.Placed;
import dev.watchhub.controlplane.store.TxnOutcome;
import dev.watchhub.controlplane.store.TxnStore;
import dev.watchhub.controlplane.store.WriteOutcome;
import dev.watchhub.controlplane.store.Written;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestBody;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The call that writes many keys in one commit. */
final class TxnCalls {
  private static final int MAX_BODY_BYTES = 16 << 20;

  private final TxnStore store;
  private final KeySpaces spaces;
  private final int maxValueBytes;
  private final Arrivals arrivals;

  TxnCalls(TxnStore store, KeySpaces spaces, int maxValueBytes, Arrivals arrivals) {
    this.store = store;
    this.spaces = spaces;
    this.maxValueBytes = maxValueBytes;
    this.arrivals = arrivals;
  }

  void addTo(RoutesConfig routes) {
    routes.post("/txn", this::txn);
  }

  private void txn(Context context) {
    QueryParameters query =
        QueryParameters.parse(context.queryString(), Set.of(ArrivalWait.PARAMETER));
    ArrivalWait wait = arrivals.wait(context, query);
    Attribution by = Attribution.of(context);
    String body = RequestBody.text(context, Math.max(MAX_BODY_BYTES, maxValueBytes));
    TxnBody.Request request = TxnBody.request(body, spaces, maxValueBytes);
    Placed<TxnOutcome> placed =
        (request.checksReferences() ? store.checkingReferences() : store)
            .txn(request.json(), by.author(), by.note());
    arrivals.answer(
        context,
        wait,
        puts(placed.outcome()),
        placed.position(),
        arrival -> answer(context, placed, arrival));
  }

  private static Map<String, Long> puts(TxnOutcome outcome) {
    Map<String, Long> puts = new HashMap<>();
    for (KeyOutcome key : outcome.written()) {
      if (key.outcome() instanceof Written row && row.version() > 0) {
        puts.put(key.key(), row.revision());
      }
    }
    return puts;
  }

  private static void answer(
      Context context, Placed<TxnOutcome> placed, @Nullable Arrival arrival) {
    TxnOutcome outcome = placed.outcome();
    Answers.json(
        context,
        out -> {
          out.writeBooleanField("succeeded", outcome.succeeded());
          if (!outcome.succeeded()) {
            out.writeArrayFieldStart("failed");
            for (KeyOutcome key : outcome.failed()) {
              out.writeStartObject();
              out.writeStringField("key", key.key());
              if (key.outcome() instanceof WriteOutcome.Refused found && found.revision() != null) {
                out.writeNumberField("revision", found.revision());
              }
              out.writeEndObject();
            }
            out.writeEndArray();
          }
          results(out, outcome.written());
          out.writeStringField("position", placed.position().toString());
          if (arrival != null) {
            arrival.write(out);
          }
        });
  }

  /** Writes what became of each key, as the field {@code results}. */
  private static void results(JsonGenerator out, List<KeyOutcome> written) throws IOException {
    out.writeArrayFieldStart("results");
    for (KeyOutcome key : written) {
      out.writeStartObject();
      out.writeStringField("op", key.what().name().toLowerCase(Locale.ROOT));
      out.writeStringField("key", key.key());
      if (key.outcome() instanceof Written row) {
        Answers.write(out, row);
      } else {
        out.writeBooleanField("unchanged", true); // nothing to delete
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
