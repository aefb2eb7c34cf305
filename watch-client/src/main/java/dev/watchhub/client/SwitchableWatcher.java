package dev.watchhub.client;

/** A watcher whose mode can be changed while it runs. */
public interface SwitchableWatcher extends Watcher {
  /** Which mode is followed. Any thread. */
  ModeStatus mode();

  /**
   * Follows in another mode, once that has come as far as what is followed now, which goes on
   * meanwhile. Waits for it: any thread but one that tells the listener. A wish that comes later
   * cancels one that is being waited for.
   *
   * @throws SwitchRefusedException if it did not come about; what was followed is followed on
   */
  void switchTo(WatchMode wanted) throws SwitchRefusedException;
}
