package dev.watchhub.bench.stores;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.load.Arrivals;
import dev.watchhub.bench.load.Writers;
import dev.watchhub.lifecycle.Resources;
import java.util.List;

/**
 * Writers and watchers that are connected.
 *
 * @param arrivals one for each watcher that sees everything; empty when nobody watches
 * @param owned what is closed with it
 */
public record OpenStore(Writers writers, List<Arrivals> arrivals, Resources owned)
    implements AutoCloseable {
  public OpenStore {
    arrivals = List.copyOf(arrivals);
  }

  /** Measures delays anew. */
  public void forgetDelays() {
    arrivals.forEach(Arrivals::forgetDelays);
  }

  /** How many events the watcher that is last lacks. */
  public long behind() {
    long written = writers.count();
    return arrivals.stream().mapToLong(a -> written - a.seen()).max().orElse(0);
  }

  /**
   * Waits until every watcher has seen all that was written.
   *
   * @throws BenchException when one lacks something, or something came twice
   */
  public void awaitAll() {
    arrivals.forEach(a -> a.awaitAll(writers.count()));
  }

  @Override
  public void close() {
    owned.close();
  }
}
