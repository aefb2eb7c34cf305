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
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The call that writes many keys in one commit. */
final class TxnCalls {
  private static final int MAX_BODY_BYTES = 16 << 20;

  private final TxnStore store;
  private final KeySpaces spaces;
  private final int maxValueBytes;

  TxnCalls(TxnStore store, KeySpaces spaces, int maxValueBytes) {
    this.store = store;
    this.spaces = spaces;
    this.maxValueBytes = maxValueBytes;
  }

  void addTo(RoutesConfig routes) {
    routes.post("/txn", this::txn);
  }

  private void txn(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    Attribution by = Attribution.of(context);
    String body = RequestBody.text(context, Math.max(MAX_BODY_BYTES, maxValueBytes));
    String request = TxnBody.request(body, spaces, maxValueBytes);
    Placed<TxnOutcome> placed = store.txn(request, by.author(), by.note());
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
        });
  }

  /** Writes what became of each key, as the field {@code results}. */
  static void results(JsonGenerator out, List<KeyOutcome> written) throws IOException {
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
