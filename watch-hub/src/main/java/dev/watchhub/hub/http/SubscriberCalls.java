package dev.watchhub.hub.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.RequestBody;
import dev.watchhub.hub.fanout.FanOut;
import dev.watchhub.hub.fanout.SubscriberView;
import dev.watchhub.hub.nodes.NodeLedger;
import dev.watchhub.hub.nodes.NodeReport;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Position;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who watches, and what they say they have applied. Any thread. */
final class SubscriberCalls {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String NAMELESS = "#"; // before the number of who has no name

  private final FanOut fanOut;
  private final NodeLedger ledger;

  SubscriberCalls(FanOut fanOut, NodeLedger ledger) {
    this.fanOut = fanOut;
    this.ledger = ledger;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/subscribers", this::list);
    routes.post("/subscribers/{id}/applied", this::applied);
  }

  private void applied(Context context) {
    String node = node(context.pathParam("id"));
    NodeReport report =
        NodeReportBody.read(node, RequestBody.text(context, NodeReportBody.MAX_BYTES));
    if (!ledger.take(report)) {
      throw new ProblemException(
          new Problem(
              503,
              "this hub has no room for the report; it keeps those of %d nodes, and %d MiB of them"
                  .formatted(NodeLedger.MAX_NODES, NodeLedger.MAX_BYTES >> 20)));
    }
    context.status(204);
  }

  /** The node that a path names: by its name, or by the number of its subscription. */
  private String node(String id) {
    if (NodeName.isNumber(id)) {
      return fanOut.views().stream()
          .filter(view -> String.valueOf(view.id()).equals(id))
          .findFirst()
          .map(SubscriberCalls::ledgerKey)
          .orElseThrow(
              () -> new ProblemException(new Problem(404, "there is no subscriber " + id)));
    }
    return NodeName.checked(id, "id");
  }

  private static @Nullable String name(NodeLedger.Entry entry) {
    String key = entry.report().node();
    return key.startsWith(NAMELESS) ? null : key;
  }

  private static String ledgerKey(SubscriberView view) {
    String node = view.node();
    return node == null ? NAMELESS + view.id() : node;
  }

  private void list(Context context) {
    Map<String, NodeLedger.Entry> entries = new LinkedHashMap<>();
    ledger.entries().forEach(entry -> entries.put(entry.report().node(), entry));
    List<Map<String, Object>> all = new ArrayList<>();
    newest(fanOut.views()).forEach(view -> all.add(fields(view, entries.remove(ledgerKey(view)))));
    entries.values().forEach(entry -> all.add(fields(null, entry)));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("collectingMillis", ledger.collecting().toMillis());
    answer.put("subscribers", all);
    try {
      context.contentType("application/json").result(MAPPER.writeValueAsString(answer) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that is no JSON", e);
    }
  }

  /** Without those that a newer one of the same node has replaced; its end may not be known yet. */
  private static List<SubscriberView> newest(List<SubscriberView> views) {
    Map<String, SubscriberView> newest = new HashMap<>();
    for (SubscriberView view : views) {
      newest.merge(ledgerKey(view), view, (a, b) -> a.id() > b.id() ? a : b);
    }
    return newest.values().stream().sorted(Comparator.comparingLong(SubscriberView::id)).toList();
  }

  private static Map<String, Object> fields(
      @Nullable SubscriberView view, NodeLedger.@Nullable Entry entry) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("id", view == null ? null : view.id());
    one.put("node", view != null ? view.node() : entry == null ? null : name(entry));
    one.put("gone", entry != null && entry.gone());
    one.put("address", view == null ? null : view.address());
    if (view != null) {
      one.put("prefixes", view.filter().prefixes());
      one.put("keys", view.filter().keys());
      one.put("ops", view.filter().ops().stream().map(Op::wire).sorted().toList());
      one.put("position", Objects.toString(view.position(), null));
      one.put("lagCommits", view.lagCommits());
      one.put("lagMillis", view.lagMillis());
    }
    one.put("applied", entry == null ? null : applied(view, entry));
    return one;
  }

  private static Map<String, Object> applied(
      @Nullable SubscriberView view, NodeLedger.Entry entry) {
    NodeReport report = entry.report();
    Map<String, Object> applied = new LinkedHashMap<>();
    applied.put("position", Objects.toString(report.position(), null));
    applied.put("upTo", Objects.toString(upTo(view, report.position()), null));
    applied.put("silentMillis", entry.silent().toMillis());
    applied.put("conflict", entry.conflict());
    applied.put("version", report.version());
    applied.put("startedAt", Objects.toString(report.startedAt(), null));
    applied.put("refusedCount", report.refusedCount());
    applied.put("refused", report.refused());
    return applied;
  }

  /**
   * How far a node has applied everything that concerns it. Who has applied the last that it was
   * sent, and is to be sent nothing more, has come as far as the hub.
   */
  private static @Nullable Position upTo(
      @Nullable SubscriberView view, @Nullable Position applied) {
    if (view == null || applied == null) {
      return applied;
    }
    Position sent = view.position();
    Position all = view.caughtUpWith();
    return all != null && sent != null && isAtOrAfter(applied, sent) && isAtOrAfter(all, applied)
        ? all
        : applied;
  }

  private static boolean isAtOrAfter(Position a, Position b) {
    return a.cluster() == b.cluster()
        && a.timeline() == b.timeline()
        && a.lsn().compareTo(b.lsn()) >= 0;
  }
}
