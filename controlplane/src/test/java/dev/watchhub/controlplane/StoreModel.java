package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.controlplane.store.Condition;
import dev.watchhub.controlplane.store.WriteOutcome;
import dev.watchhub.controlplane.store.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the store is to do, in memory: every row that was ever written, and what compaction took.
 */
final class StoreModel {
  /**
   * A row.
   *
   * @param value null in a tombstone
   * @param version values of this life of the key, this one included; 0 in a tombstone
   */
  record Row(long revision, @Nullable String value, long version) {}

  private final Map<String, List<Row>> keys = new TreeMap<>();
  private long newest;
  private long compactedBelow;

  /** The highest revision; 0 if there is none. */
  long newest() {
    return newest;
  }

  /** Reads as of this revision or a later one miss nothing. */
  long compactedBelow() {
    return compactedBelow;
  }

  void compactBelow(long revision) {
    compactedBelow = Math.max(compactedBelow, revision);
  }

  /** All rows of a key, the oldest first. */
  List<Row> rows(String key) {
    return keys.getOrDefault(key, List.of());
  }

  /** The value of a key as of a revision. */
  Optional<Row> at(String key, long revision) {
    Row last = null;
    for (Row row : rows(key)) {
      if (row.revision() <= revision) {
        last = row;
      }
    }
    return last == null || last.value() == null ? Optional.empty() : Optional.of(last);
  }

  Optional<Row> now(String key) {
    return at(key, Long.MAX_VALUE);
  }

  /** The keys under a prefix that have a value as of a revision. */
  Map<String, Row> list(String prefix, long revision) {
    Map<String, Row> live = new TreeMap<>();
    for (String key : keys.keySet()) {
      if (key.startsWith(prefix)) {
        at(key, revision).ifPresent(row -> live.put(key, row));
      }
    }
    return live;
  }

  boolean holds(String key, Condition condition) {
    Optional<Row> there = now(key);
    if (condition.equals(Condition.NONE)) {
      return true;
    }
    if (condition.equals(Condition.ABSENT) || condition.equals(Condition.EXISTS)) {
      return there.isPresent() == condition.equals(Condition.EXISTS);
    }
    return there.isPresent() && condition.equals(Condition.revision(there.get().revision()));
  }

  /**
   * Does what the store did, and checks that it was right; {@code value} is null for a deletion.
   */
  void wrote(String key, @Nullable String value, Condition condition, WriteOutcome outcome) {
    Optional<Row> there = now(key);
    if (!holds(key, condition)) {
      assertThat(outcome)
          .isEqualTo(new WriteOutcome.Refused(there.map(Row::revision).orElse(null)));
    } else if (value == null && there.isEmpty()) {
      assertThat(outcome).isEqualTo(new WriteOutcome.Absent());
    } else if (there.isPresent() && Objects.equals(there.get().value(), value)) {
      assertThat(outcome).isInstanceOf(Written.class);
      Written row = (Written) outcome;
      assertThat(row.unchanged()).isTrue();
      assertThat(row.revision()).isEqualTo(there.get().revision());
    } else {
      assertThat(outcome).isInstanceOf(Written.class);
      assertThat(((Written) outcome).unchanged()).isFalse();
      wrote(key, value, (Written) outcome);
    }
  }

  /** Adds a row that the store made, and checks its numbers. */
  void wrote(String key, @Nullable String value, Written row) {
    long version = value == null ? 0 : now(key).map(Row::version).orElse(0L) + 1;
    assertThat(row.version()).isEqualTo(version);
    assertThat(row.revision()).isGreaterThan(newest);
    newest = row.revision();
    keys.computeIfAbsent(key, any -> new ArrayList<>())
        .add(new Row(row.revision(), value, version));
  }
}
