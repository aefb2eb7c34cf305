package dev.watchhub.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Closes what it was given, newest first. Not thread-safe; used by the thread that builds and
 * stops.
 */
public final class Resources implements AutoCloseable {
  /** Builds something out of parts that {@code owned} closes. */
  @FunctionalInterface
  public interface Builder<T> {
    /** Returns what was built; every part that it opened is owned. */
    T build(Resources owned);
  }

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  /**
   * Builds something whole or not at all: when {@code builder} throws, what it owned so far is
   * closed and the exception goes on.
   */
  public static <T> T buildOrClose(Builder<T> builder) {
    Resources owned = new Resources();
    try {
      return builder.build(owned);
    } catch (RuntimeException | Error e) {
      try {
        owned.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Takes ownership of {@code resource} and returns it. */
  public <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /**
   * Closes everything even if some of it fails; the first failure carries the others. Idempotent.
   */
  @Override
  public void close() {
    @Nullable RuntimeException failure = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("close failed", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
