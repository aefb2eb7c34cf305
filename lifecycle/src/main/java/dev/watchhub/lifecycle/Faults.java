package dev.watchhub.lifecycle;

/** Where a component reports an error that it cannot handle itself. One instance per process. */
@FunctionalInterface
public interface Faults {
  /**
   * Records the fault and starts an orderly shutdown. Any thread; must not throw and must not wait.
   *
   * @param component name of the thread or part that failed
   */
  void fatal(String component, Throwable cause);
}
