package dev.watchhub.dataplane;

import dev.watchhub.client.AppliedReporter;
import dev.watchhub.dataplane.metrics.PlaneMetrics;
import dev.watchhub.dataplane.routes.RouteFollower;
import org.jspecify.annotations.Nullable;

/** Passes on that something was applied. Any thread. */
final class AppliedNews implements RouteFollower.Observer {
  private final PlaneMetrics metrics;
  private volatile AppliedReporter.@Nullable Running reporter;

  AppliedNews(PlaneMetrics metrics) {
    this.metrics = metrics;
  }

  /** Tells {@code newReporter} from now on. */
  void tell(AppliedReporter.Running newReporter) {
    reporter = newReporter;
  }

  @Override
  public void delayed(long millis) {
    metrics.delayed(millis);
  }

  @Override
  public void changed() {
    reached();
  }

  @Override
  public void reached() {
    AppliedReporter.Running told = reporter;
    if (told != null) {
      told.changed();
    }
  }
}
