package dev.watchhub.dataplane;

import dev.watchhub.client.ModeStatus;
import dev.watchhub.client.SwitchRefusedException;
import dev.watchhub.client.SwitchableWatcher;
import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchMode;
import dev.watchhub.client.WatchStatus;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Starts one watcher, which tells what the test tells it. */
public final class ScriptedWatchers implements WatcherFactory {
  private @Nullable WatchListener listener;
  private boolean closed;
  private volatile @Nullable ModeStatus mode;
  private volatile @Nullable SwitchRefusedException refusal;

  @Override
  public SwitchableWatcher start(WatchMode first, WatchListener newListener) {
    listener = newListener;
    mode = new ModeStatus(first, first, Instant.EPOCH);
    return new SwitchableWatcher() {
      @Override
      public WatchStatus status() {
        return new WatchStatus(WatchStatus.State.FOLLOWING, "a script");
      }

      @Override
      public ModeStatus mode() {
        return Objects.requireNonNull(mode);
      }

      @Override
      public void switchTo(WatchMode wanted) throws SwitchRefusedException {
        SwitchRefusedException thrown = refusal;
        if (thrown != null) {
          throw thrown;
        }
        mode = new ModeStatus(wanted, wanted, Instant.EPOCH);
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  /** Lets the watcher follow in {@code other} because the one that was chosen is away. */
  public void divert(WatchMode other) {
    ModeStatus now = Objects.requireNonNull(mode);
    mode = new ModeStatus(other, now.chosen(), now.since());
  }

  /** Refuses each change of the mode by {@code thrown}. */
  public void refuse(SwitchRefusedException thrown) {
    refusal = thrown;
  }

  /** Whom the watcher tells. */
  public WatchListener listener() {
    if (listener == null) {
      throw new IllegalStateException("not started");
    }
    return listener;
  }

  /** Whether the watcher was closed. */
  public boolean isClosed() {
    return closed;
  }
}
