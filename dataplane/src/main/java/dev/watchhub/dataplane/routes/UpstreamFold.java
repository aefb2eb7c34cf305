package dev.watchhub.dataplane.routes;

import dev.watchhub.protocol.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts the rows of upstreams to what was known before, and keeps what a route that is served refers
 * to. Not thread-safe.
 */
final class UpstreamFold {
  private final UpstreamTable lastGood;
  private final Refusals refusals;
  private UpstreamTable table;
  private final Set<String> arrived = new LinkedHashSet<>();
  private final Set<String> touched = new LinkedHashSet<>(); // those that may have to go
  private final Map<String, String> deletionNotes = new HashMap<>();
  private final List<String> applied = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  /**
   * For rows that come after {@code table}.
   *
   * @param lastGood what was known of keys that are not in {@code table}
   */
  UpstreamFold(UpstreamTable lastGood, UpstreamTable table, Refusals refusals) {
    this.lastGood = lastGood;
    this.table = table;
    this.refusals = refusals;
  }

  /** Puts a row that is no tombstone; a bad value leaves the last good one in place. */
  void put(Item row, String note) {
    String key = row.key();
    @Nullable SharedUpstream old =
        table.upstream(key).or(() -> lastGood.upstream(key)).orElse(null);
    ReadValue<SharedUpstream> read = UpstreamParser.parse(row);
    if (read instanceof ReadValue.Good<SharedUpstream> good) {
      table = table.with(good.value().takingTurnsLike(old));
      refusals.remove(key);
      arrived.add(key);
      applied.add("applied put " + good.value() + note);
    } else if (read instanceof ReadValue.Bad<SharedUpstream> bad) {
      table = old == null ? table : table.with(old);
      refusals.put(bad.refused());
      touched.add(key);
    }
  }

  /** Notes a deletion, which {@link #settle} applies where no route is left that refers to it. */
  void delete(Item tombstone, String note) {
    String key = tombstone.key();
    @Nullable SharedUpstream old = table.upstream(key).orElse(null);
    if (old != null) {
      table = table.with(old.deleted(tombstone.revision()));
      deletionNotes.put(key, note);
      touched.add(key);
    } else if (refusals.get(key) != null) {
      applied.add(deletion(key, tombstone.revision()) + note);
    }
    refusals.remove(key);
  }

  private static String deletion(String key, long revision) {
    return "applied delete " + key + " rev=" + revision;
  }

  /** Whether a route may refer to it. */
  boolean isKnown(UpstreamRef ref) {
    return table.upstream(ref.key()).filter(upstream -> !upstream.isDeleted()).isPresent();
  }

  /** A route is served from now on, in place of {@code before}; null for none. */
  void served(@Nullable Route before, @Nullable Route now) {
    if (before != null && before.destination() instanceof UpstreamRef ref) {
      table = table.withoutRoute(before);
      touched.add(ref.key());
    }
    if (now != null && now.destination() instanceof UpstreamRef ref) {
      if (table.upstream(ref.key()).isEmpty()) {
        keep(ref.key());
      }
      table = table.withRoute(now);
    }
  }

  /** A snapshot does not have what a route refers to that stays all the same. */
  private void keep(String key) {
    SharedUpstream last = lastGood.upstream(key).orElseThrow();
    @Nullable RefusedValue refused = refusals.before(key);
    table =
        table.with(
            last.isDeleted()
                ? last
                : last.deleted(
                    Math.max(last.revision(), refused == null ? 0 : refused.revision())));
    touched.add(key);
  }

  /** Lets those go that are deleted and not referred to, and says of others that they stay. */
  void settle() {
    for (String key : touched) {
      @Nullable SharedUpstream upstream = table.upstream(key).orElse(null);
      if (upstream == null || !upstream.isDeleted()) {
        continue;
      }
      @Nullable RefusedValue refused = refusals.get(key);
      boolean newest = refused == null || refused.revision() == upstream.deletedAt();
      SortedSet<String> routes = table.routesOf(key);
      if (!routes.isEmpty()) {
        if (newest) {
          stays(upstream, routes.first());
        }
        continue;
      }
      table = table.without(key);
      if (newest) {
        refusals.remove(key);
        applied.add(
            deletion(key, upstream.deletedAt())
                + deletionNotes.getOrDefault(key, ", which no route refers to any more"));
      }
    }
  }

  private void stays(SharedUpstream upstream, String route) {
    String key = upstream.key();
    String reason = "it is deleted, and " + route + " refers to it";
    refusals.putSilently(new RefusedValue(key, upstream.deletedAt(), reason));
    @Nullable RefusedValue before = refusals.before(key);
    if (before == null || before.revision() != upstream.deletedAt()) {
      kept.add(
          "refused delete "
              + key
              + " rev="
              + upstream.deletedAt()
              + ": "
              + route
              + " refers to it; rev="
              + upstream.revision()
              + " stays");
    }
  }

  UpstreamTable table() {
    return table;
  }

  /** The keys of those that have had a good value. */
  Set<String> arrived() {
    return arrived;
  }

  /** A line for each change. */
  List<String> applied() {
    return applied;
  }

  /** A line for each that newly stays although it is deleted. */
  List<String> kept() {
    return kept;
  }
}
