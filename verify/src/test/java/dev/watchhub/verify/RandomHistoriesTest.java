package dev.watchhub.verify;

import static dev.watchhub.verify.Story.history;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import dev.watchhub.verify.WatchHistory.Trait;
import dev.watchhub.verify.WatchStep.Bookmark;
import dev.watchhub.verify.WatchStep.Committed;
import dev.watchhub.verify.WatchStep.Connected;
import dev.watchhub.verify.WatchStep.Reset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Streams drawn at random: those that are right pass, those with one fault do not. */
final class RandomHistoriesTest {
  private static final int ROUNDS = 2_000;

  private final long seed = Long.getLong("watchhub.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  private Filter filter() {
    Set<Change.Op> ops =
        random.nextInt(4) == 0
            ? EnumSet.of(random.nextBoolean() ? Change.Op.PUT : Change.Op.DELETE)
            : EnumSet.allOf(Change.Op.class);
    return switch (random.nextInt(3)) {
      case 0 -> new Filter(Set.of("/"), Set.of(), ops, false);
      case 1 -> new Filter(Set.of("/a/"), Set.of("/b/3"), ops, false);
      default -> new Filter(Set.of(), Set.of("/a/1", "/b/2"), ops, false);
    };
  }

  /** A stream that is right: cut, resumed and reset at random, with bookmarks in between. */
  private List<WatchStep> right(Story story, Filter filter) {
    List<WatchStep> steps = new ArrayList<>();
    int at = random.nextInt(story.size());
    Position last = Story.after(at);
    steps.add(new Connected(null));
    steps.add(story.snapshot(at, filter));
    while (at < story.size()) {
      int to = Math.min(story.size(), at + random.nextInt(5));
      List<WatchStep> told = story.commits(at, to, filter);
      steps.addAll(told);
      if (!told.isEmpty()) {
        last = requireNonNull(((Committed) told.get(told.size() - 1)).commit().position());
      }
      at = to;
      switch (random.nextInt(6)) {
        case 0 -> {
          last =
              last.equals(Story.between(at)) || random.nextBoolean()
                  ? Story.between(at)
                  : Story.after(at);
          steps.add(new Bookmark(last));
        }
        case 1 -> steps.add(new Connected(last));
        case 2 -> {
          if (random.nextBoolean()) {
            steps.add(new Connected(last));
          }
          at = Math.min(story.size(), at + random.nextInt(3));
          last = Story.after(at);
          steps.add(new Reset(ResetReason.EXPIRED));
          steps.add(story.snapshot(at, filter));
        }
        case 3 -> {
          int from = at;
          at = fillGap(story, filter, at, steps);
          last = at == from ? last : Story.between(at);
        }
        default -> {}
      }
    }
    steps.add(new Bookmark(Story.between(at)));
    return steps;
  }

  private int fillGap(Story story, Filter filter, int from, List<WatchStep> steps) {
    int to = Math.min(story.size(), from + random.nextInt(4));
    if (to == from) {
      return from;
    }
    for (WatchStep step : story.commits(from, to, filter)) {
      steps.add(new Committed(new Commit(null, null, ((Committed) step).commit().changes())));
    }
    steps.add(new Bookmark(Story.between(to)));
    return to;
  }

  @Test
  void findsNothingInStreamsThatAreRight() {
    for (int round = 0; round < ROUNDS; round++) {
      Story story = Story.random(random, 1 + random.nextInt(40));
      Filter filter = filter();
      WatchHistory history = history(filter, right(story, filter)).with(Trait.UNTIL_END);
      for (Truth truth : List.of(story.truth(), story.poorTruth())) {
        assertThat(WatchGuarantees.check(truth, List.of(history)).violations())
            .as("round %d, -Dwatchhub.test.seed=%d, of %s", round, seed, history.steps())
            .isEmpty();
      }
    }
  }

  @Test
  void findsSomethingInStreamsWithOneFault() {
    int tried = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Story story = Story.random(random, 3 + random.nextInt(40));
      Filter filter = filter();
      List<WatchStep> steps = right(story, filter);
      List<Integer> commits = new ArrayList<>();
      for (int i = 0; i < steps.size() - 1; i++) {
        WatchStep then = steps.get(i + 1); // else it may be that nobody could have noticed
        if (steps.get(i) instanceof Committed
            && (then instanceof Committed || then instanceof Bookmark)) {
          commits.add(i);
        }
      }
      if (commits.isEmpty()) {
        continue;
      }
      tried++;
      int victim = commits.get(random.nextInt(commits.size()));
      String fault = spoil(steps, victim);
      WatchHistory history = history(filter, steps).with(Trait.UNTIL_END);
      assertThat(WatchGuarantees.check(story.truth(), List.of(history)).violations())
          .as("%s %d in round %d, -Dwatchhub.test.seed=%d: %s", fault, victim, round, seed, steps)
          .isNotEmpty();
    }
    assertThat(tried).isGreaterThan(ROUNDS / 4);
  }

  private String spoil(List<WatchStep> steps, int victim) {
    Commit commit = ((Committed) steps.get(victim)).commit();
    switch (random.nextInt(3)) {
      case 0 -> {
        steps.remove(victim);
        return "dropped";
      }
      case 1 -> {
        steps.add(victim, steps.get(victim));
        return "repeated";
      }
      default -> {
        Change first = commit.changes().get(0);
        List<Change> changes = new ArrayList<>(commit.changes());
        changes.set(
            0,
            Change.of(
                Story.item(
                    first.item().key(),
                    first.op() == Change.Op.PUT ? "spoilt" : null,
                    first.item().revision() + 1_000_000)));
        steps.set(victim, new Committed(new Commit(commit.position(), null, changes)));
        return "changed";
      }
    }
  }
}
