package dev.watchhub.hub.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Held against a sorted set that forgets nothing. */
final class MatchesTest {
  private static final int BOUND = 4096;

  @Test
  void countsAMatchOnceHoweverManyChangesMatch() {
    Matches matches = new Matches(100);
    for (int i = 0; i < 2 * BOUND; i++) {
      matches.add(200);
    }
    matches.add(201);
    assertThat(matches.isKnownFrom(100)).isTrue();
    assertThat(matches.next(100, 300)).isEqualTo(200);
  }

  @Test
  void knowsTheLatestMatchesWithoutAHole() {
    Random random = new Random(1);
    TreeSet<Long> all = new TreeSet<>();
    Matches matches = new Matches(100);
    long sequence = 100;
    long known = 100;
    for (int i = 0; i < 30_000; i++) {
      sequence += 1 + random.nextInt(5);
      matches.add(sequence);
      all.add(sequence);
      if (random.nextInt(10_000) == 0) {
        known = sequence + 1 + random.nextInt(3);
        sequence = known - 1;
        matches.restart(known);
      }
      long from = Math.max(0, sequence - random.nextInt(25_000));
      long limit = sequence + 1 + random.nextInt(3);
      if (matches.isKnownFrom(from)) {
        assertThat(from).isGreaterThanOrEqualTo(known);
        Long expected = all.ceiling(from);
        assertThat(matches.next(from, limit)).isEqualTo(expected == null ? limit : expected);
      } else {
        boolean forgotten = all.tailSet(known).size() > BOUND;
        assertThat(from < known || forgotten).isTrue();
      }
    }
  }
}
