package dev.watchhub.dataplane.routes;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashPMap;

/** What is refused, while rows are put to what was known before. Not thread-safe. */
final class Refusals {
  private final HashPMap<String, RefusedValue> before;
  private HashPMap<String, RefusedValue> now;
  private final Set<String> changed = new LinkedHashSet<>();

  /**
   * As it is at first.
   *
   * @param before what has been said
   */
  Refusals(HashPMap<String, RefusedValue> before, HashPMap<String, RefusedValue> now) {
    this.before = before;
    this.now = now;
  }

  HashPMap<String, RefusedValue> byKey() {
    return now;
  }

  @Nullable RefusedValue get(String key) {
    return now.get(key);
  }

  /** What was refused before the rows; null for nothing. */
  @Nullable RefusedValue before(String key) {
    return before.get(key);
  }

  /** Keeps in mind what is refused of a key. */
  void put(RefusedValue refused) {
    now = now.plus(refused.key(), refused);
    changed.add(refused.key());
  }

  /** The same, where somebody else has a line for it. */
  void putSilently(RefusedValue refused) {
    now = now.plus(refused.key(), refused);
  }

  /** Nothing is refused of {@code key} any more. */
  void remove(String key) {
    now = now.minus(key);
    changed.remove(key);
  }

  /**
   * A line for each that is new. What was said before is not said again at every reconnection.
   *
   * @param served the revision of a key that stays
   */
  List<String> lines(Function<String, Optional<Long>> served) {
    List<String> lines = new ArrayList<>();
    for (String key : changed) {
      RefusedValue refused = now.get(key);
      if (refused != null && !refused.equals(before.get(key))) {
        lines.add(
            "refused put "
                + key
                + " rev="
                + refused.revision()
                + ": "
                + refused.reason()
                + served
                    .apply(key)
                    .map(revision -> "; rev=" + revision + " stays")
                    .orElse("; it has no " + (UpstreamRef.isUpstream(key) ? "nodes" : "route")));
      }
    }
    return lines;
  }
}
