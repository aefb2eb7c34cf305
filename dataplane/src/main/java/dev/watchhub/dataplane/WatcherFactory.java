package dev.watchhub.dataplane;

import dev.watchhub.client.AppliedReport;
import dev.watchhub.client.AppliedReporter;
import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchMode;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Starts the watcher that tells a data plane its routes. */
@FunctionalInterface
public interface WatcherFactory {
  /**
   * Starts to follow {@link DataPlane#KEY_PREFIXES}. Must not wait for a connection.
   *
   * @param mode how to follow at first
   * @param listener what to tell; it may be told before this returns
   * @return a watcher that the caller closes
   */
  SwitchableWatcher start(WatchMode mode, WatchListener listener);

  /** What is followed, in words without secrets; empty where that makes no difference. */
  default List<String> sources() {
    return List.of();
  }

  /**
   * Starts to tell those who are followed what is applied; empty where nobody wants to know.
   *
   * @param mode how is followed now
   * @param reports what there is to tell now
   * @return what the caller closes
   */
  default Optional<AppliedReporter.Running> report(
      Supplier<WatchMode> mode, Supplier<AppliedReport> reports) {
    return Optional.empty();
  }
}
