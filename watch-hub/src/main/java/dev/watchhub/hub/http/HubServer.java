package dev.watchhub.hub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.ListenAddress;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.hub.fanout.FanOut;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.hub.nodes.NodeLedger;
import dev.watchhub.hub.relay.Relay;
import dev.watchhub.hub.replication.Counters;
import dev.watchhub.hub.replication.LinkStatus;
import dev.watchhub.hub.replication.Replication;
import dev.watchhub.hub.replication.SlotReport;
import dev.watchhub.hub.replication.SlotReport.OpenTransaction;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The hub's HTTP server. Everything is answered from memory. */
public final class HubServer {
  private static final String JSON = "application/json";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final JsonMapper MAPPER = new JsonMapper();

  private final ChangeLog log;
  private final FanOut fanOut;
  private final Replication replication;
  private final Relay relay;

  private HubServer(ChangeLog log, FanOut fanOut, Replication replication, Relay relay) {
    this.log = log;
    this.fanOut = fanOut;
    this.replication = replication;
    this.relay = relay;
  }

  /**
   * Starts the server.
   *
   * @param positions for requests that wait for one
   * @param replication how the hub stands with its database
   * @param relay how it stands with those who LISTEN
   */
  public static HttpServer start(
      ListenAddress address,
      ChangeLog log,
      FanOut fanOut,
      PositionWait positions,
      Replication replication,
      Relay relay) {
    HubServer hub = new HubServer(log, fanOut, replication, relay);
    return HttpServer.start(
        "hub",
        address,
        "--hub-port",
        config -> {
          config.jetty.modifyServer(server -> server.insertHandler(new WatchHandler(log, fanOut)));
          new KvCalls(hub::readyState, positions).addTo(config.routes);
          new SubscriberCalls(fanOut, new NodeLedger(System::nanoTime)).addTo(config.routes);
          HttpServer.get(config.routes, "/status", hub::status);
          HttpServer.get(
              config.routes, "/healthz", context -> json(context, Map.of("status", "ok")));
          HttpServer.get(config.routes, "/readyz", hub::readyz);
          HubMetrics metrics = new HubMetrics(log, fanOut, replication);
          HttpServer.get(
              config.routes,
              "/metrics",
              context -> context.contentType(METRICS).result(metrics.text()));
        });
  }

  private LogState readyState() {
    LogState state = log.state();
    if (!state.ready()) {
      throw new ProblemException(
          new Problem(503, "the hub is not ready: " + replication.status().detail()));
    }
    return state;
  }

  private void status(Context context) {
    LogState state = log.state();
    LinkStatus now = replication.status();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ready", state.ready());
    answer.put("connected", now.connected());
    answer.put("detail", now.detail());
    answer.put("position", state.position().toString());
    answer.put("oldestPosition", state.oldestPosition().toString());
    answer.put("logCommits", state.next() - state.oldest());
    answer.put("logWalBytes", state.position().lsn().bytesSince(state.oldestPosition().lsn()));
    answer.put("keys", state.image().liveCount());
    answer.put("subscribers", fanOut.views().size());
    answer.put("slot", slot());
    Duration delay = replication.delay();
    answer.put("pathDelayMicros", delay == null ? null : delay.toNanos() / 1_000);
    Counters counters = replication.counters();
    answer.put("commits", counters.commits());
    answer.put("connections", counters.connections());
    answer.put("tableLoads", counters.loads());
    answer.put("gapsFilled", counters.gapsFilled());
    answer.put("commitsFilled", counters.commitsFilled());
    answer.put("chainBreaks", counters.chainBreaks());
    answer.put("directInserts", counters.directInserts());
    answer.put("relay", relay.status());
    json(context, answer);
  }

  private Map<String, Object> slot() {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", replication.source().slot());
    SlotReport report = replication.slot();
    answer.put("walBytes", report == null ? null : report.walBytes());
    OpenTransaction oldest = report == null ? null : report.oldest();
    if (oldest != null) {
      Map<String, Object> open = new LinkedHashMap<>();
      open.put("pid", oldest.pid());
      open.put("database", oldest.database());
      open.put("application", oldest.what());
      open.put("seconds", oldest.seconds());
      answer.put("oldestTransaction", open);
    }
    return answer;
  }

  private void readyz(Context context) {
    readyState();
    json(context, Map.of("status", "ok"));
  }

  private static void json(Context context, Object answer) {
    try {
      context.contentType(JSON).result((MAPPER.writeValueAsString(answer) + "\n").getBytes(UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that is no JSON", e);
    }
  }
}
