package dev.watchhub.hub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.http.EntityTag;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestPath;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads of the image: {@code GET /kv} and {@code GET /kv/KEY}. Any thread. */
final class KvCalls {
  private static final Logger LOG = LoggerFactory.getLogger(KvCalls.class);
  private static final String JSON = "application/json";
  private static final String AT_LEAST = "atLeast";

  private final Supplier<LogState> ready;
  private final PositionWait positions;

  /**
   * @param ready what the hub holds now; throws 503 while it is not ready
   */
  KvCalls(Supplier<LogState> ready, PositionWait positions) {
    this.ready = ready;
    this.positions = positions;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/kv", this::list);
    HttpServer.get(routes, "/kv/<key>", this::get);
  }

  private void list(Context context) {
    QueryParameters query =
        QueryParameters.parse(context.queryString(), Set.of("prefix", AT_LEAST));
    String prefix = query.text("prefix").orElse("/");
    LogState state = state(context, query);
    context.contentType(JSON);
    if (EntityTag.known(context, tag(state, prefix))) {
      return;
    }
    try (OutputStream out = context.outputStream()) { // not in memory as a whole
      out.write(("{\"position\":\"" + state.position() + "\",\"items\":[").getBytes(UTF_8));
      String separator = "";
      for (Iterator<Item> rest = state.image().liveFrom(prefix); rest.hasNext(); ) {
        Item item = rest.next();
        if (!item.key().startsWith(prefix)) {
          break;
        }
        out.write(separator.getBytes(UTF_8));
        out.write(EventJson.item(item));
        separator = ",";
      }
      out.write("]}\n".getBytes(UTF_8));
    } catch (IOException e) {
      LOG.debug("the client of {} went away", context.path(), e);
    }
  }

  /**
   * The same as long as the items are: a revision is of one row. Weak, for the position beside them
   * moves on. A failover uses revisions again, so the timeline is in it.
   */
  private static String tag(LogState state, String prefix) {
    long hash = 0;
    long count = 0;
    for (Iterator<Item> rest = state.image().liveFrom(prefix); rest.hasNext(); count++) {
      Item item = rest.next();
      if (!item.key().startsWith(prefix)) {
        break;
      }
      hash = (hash ^ item.revision()) * 0x9E3779B97F4A7C15L; // 2^64 divided by the golden ratio
      hash ^= hash >>> 32;
    }
    HexFormat hex = HexFormat.of();
    return "W/\"%d-%s-%d\"".formatted(state.position().timeline(), hex.toHexDigits(hash), count);
  }

  private void get(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), Set.of(AT_LEAST));
    String key = RequestPath.decode(context.req().getRequestURI()).substring("/kv".length());
    Item item = state(context, query).image().get(key);
    if (item == null || item.value() == null) {
      throw new ProblemException(new Problem(404, "there is no key '" + key + "'"));
    }
    context.contentType(JSON);
    if (!EntityTag.known(context, EntityTag.of(item.revision()))) {
      context.result(EventJson.item(item));
    }
  }

  /** The state that is asked for; waits for it where the client wants its own write to be in it. */
  private LogState state(Context context, QueryParameters query) {
    Position atLeast =
        query
            .text(AT_LEAST)
            .map(
                text ->
                    Position.parse(text)
                        .orElseThrow(
                            () -> query.bad(AT_LEAST, "a position, as writes and watches tell it")))
            .orElse(null);
    try {
      LogState state = ready.get();
      return atLeast == null ? state : positions.await(atLeast);
    } catch (ProblemException e) {
      if (e.problem().status() == 503) {
        context.header("Retry-After", "1");
      }
      throw e;
    }
  }
}
