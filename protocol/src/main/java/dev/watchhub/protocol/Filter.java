package dev.watchhub.protocol;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which changes a subscriber wants. Equal filters are served by one feed.
 *
 * @param prefixes keys that start with one of these characters; {@code /routes} takes {@code
 *     /routesX} too
 * @param keys these exact keys, in union with the prefixes
 * @param ops kinds of change, not empty
 * @param prev whether each change carries what the key held before
 */
public record Filter(Set<String> prefixes, Set<String> keys, Set<Change.Op> ops, boolean prev) {
  public Filter {
    if (prefixes.isEmpty() && keys.isEmpty()) {
      throw new IllegalArgumentException("neither prefix nor key");
    }
    if (ops.isEmpty()) {
      throw new IllegalArgumentException("no ops");
    }
    prefixes = Set.copyOf(prefixes);
    keys = Set.copyOf(keys);
    ops = Set.copyOf(ops);
  }

  /** All changes of the keys that start with {@code prefix}. */
  public static Filter prefix(String prefix) {
    return new Filter(Set.of(prefix), Set.of(), EnumSet.allOf(Change.Op.class), false);
  }

  /** Whether {@code key} is one that the subscriber asked for. */
  public boolean matches(String key) {
    if (keys.contains(key)) {
      return true;
    }
    for (String prefix : prefixes) {
      if (key.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a change of this kind to {@code key} is one that the subscriber asked for. */
  public boolean matches(Change.Op op, String key) {
    return ops.contains(op) && matches(key);
  }
}
