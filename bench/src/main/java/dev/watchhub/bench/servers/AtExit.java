package dev.watchhub.bench.servers;

/**
 * Ends a server when this process is told to stop, as by Ctrl-C: then nobody closes what was
 * started.
 *
 * <p>Threading: any.
 */
final class AtExit {
  private final Thread hook;

  private AtExit(Thread hook) {
    this.hook = hook;
  }

  /**
   * Will call {@code end} unless it is {@link #forget forgotten} before.
   *
   * @param end may be called while others use the server
   */
  static AtExit call(Runnable end) {
    Thread hook = new Thread(end, "end-server");
    Runtime.getRuntime().addShutdownHook(hook);
    return new AtExit(hook);
  }

  /** The server has been ended. */
  void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook runs, or has run: the server ends either way.
    }
  }
}
