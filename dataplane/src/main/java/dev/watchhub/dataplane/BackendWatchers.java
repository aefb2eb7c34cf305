package dev.watchhub.dataplane;

import dev.watchhub.client.AppliedReport;
import dev.watchhub.client.AppliedReporter;
import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.client.SwitchingWatcher;
import dev.watchhub.client.WatchBackends;
import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchMode;
import dev.watchhub.lifecycle.Faults;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows a hub or a database, and tells them what is applied.
 *
 * @param fallback what is followed while the other is away; null for nothing
 */
public record BackendWatchers(WatchBackends backends, @Nullable WatchMode fallback, Faults faults)
    implements WatcherFactory {
  @Override
  public SwitchableWatcher start(WatchMode mode, WatchListener listener) {
    return SwitchingWatcher.start(backends, mode, fallback, listener, faults);
  }

  @Override
  public List<String> sources() {
    return backends.names();
  }

  @Override
  public Optional<AppliedReporter.Running> report(
      Supplier<WatchMode> mode, Supplier<AppliedReport> reports) {
    return Optional.of(AppliedReporter.start(backends, mode, reports, faults));
  }
}
