package dev.watchhub.dataplane.proxy;

import java.util.concurrent.atomic.LongAdder;

/** What became of the requests since the start. Any thread. */
public final class ProxyCounts {
  final LongAdder requests = new LongAdder();
  final LongAdder unrouted = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder retried = new LongAdder();

  /** Requests that arrived, whatever became of them. */
  public long requests() {
    return requests.sum();
  }

  /** Requests that no route fitted. */
  public long unrouted() {
    return unrouted.sum();
  }

  /** Requests whose upstream failed, before or within its answer. */
  public long failed() {
    return failed.sum();
  }

  /** Requests that went on to another node, once for each such node. */
  public long retried() {
    return retried.sum();
  }
}
