package dev.watchhub.client;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;

/** A {@link WatchLoop} on a thread of its own. */
final class LoopWatcher implements Watcher {
  private final WatchLoop loop;
  private final Worker worker;

  private LoopWatcher(WatchLoop loop, Worker worker) {
    this.loop = loop;
    this.worker = worker;
  }

  /** Starts to follow {@code source}, which it closes in the end. */
  static LoopWatcher start(
      String threadName, Source source, WatchListener listener, Faults faults) {
    WatchLoop loop = new WatchLoop(source, new Teller(listener), System::nanoTime);
    return new LoopWatcher(loop, Worker.start(threadName, loop, faults));
  }

  @Override
  public WatchStatus status() {
    return loop.status();
  }

  @Override
  public void close() {
    worker.close();
  }
}
