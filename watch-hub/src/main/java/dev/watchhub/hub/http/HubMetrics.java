package dev.watchhub.hub.http;

import dev.watchhub.hub.fanout.FanOut;
import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.hub.replication.Counters;
import dev.watchhub.hub.replication.Replication;
import dev.watchhub.hub.replication.SlotReport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** The hub in figures, for Prometheus. Any thread. */
final class HubMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  HubMetrics(ChangeLog log, FanOut fanOut, Replication replication) {
    gauge("ready", "1 while the hub serves the table as it is now", log, l -> ready(l.state()));
    gauge("keys", "keys with a value", log, l -> l.state().image().liveCount());
    gauge("log.commits", "commits held", log, l -> l.state().next() - l.state().oldest());
    gauge("log.wal.bytes", "WAL that the log reaches back", log, l -> walBytes(l.state()));
    gauge("subscribers", "open watches", fanOut, f -> f.views().size());
    gauge("slot.wal.bytes", "WAL the server keeps for the slot", replication, HubMetrics::slot);
    gauge("path.delay.seconds", "time a heartbeat takes", replication, HubMetrics::delay);
    Counters counters = replication.counters();
    counter("commits", "commits read from the stream", counters, Counters::commits);
    counter("connections", "streams begun", counters, Counters::connections);
    counter("table.loads", "loads that reset every watch", counters, Counters::loads);
    counter("gaps.filled", "lost slots made good", counters, Counters::gapsFilled);
    counter("commits.filled", "commits read from the table", counters, Counters::commitsFilled);
    counter(
        "chain.breaks", "rows that follow no row that was seen", counters, Counters::chainBreaks);
    counter(
        "direct.inserts", "rows written round the functions", counters, Counters::directInserts);
  }

  private static double ready(LogState state) {
    return state.ready() ? 1 : 0;
  }

  private static double walBytes(LogState state) {
    return state.position().lsn().bytesSince(state.oldestPosition().lsn());
  }

  private static double slot(Replication replication) {
    SlotReport report = replication.slot();
    return report == null ? Double.NaN : report.walBytes();
  }

  private static double delay(Replication replication) {
    Duration delay = replication.delay();
    return delay == null ? Double.NaN : delay.toNanos() / 1e9;
  }

  private <T> void gauge(String name, String what, T source, ToDoubleFunction<T> value) {
    Gauge.builder("watchhub." + name, source, value).description(what).register(registry);
  }

  private <T> void counter(String name, String what, T source, ToDoubleFunction<T> value) {
    FunctionCounter.builder("watchhub." + name, source, value).description(what).register(registry);
  }

  /** All of it, in the text format of Prometheus. */
  String text() {
    return registry.scrape();
  }
}
