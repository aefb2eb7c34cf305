package dev.watchhub.dataplane.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random routes and upstreams, good and bad, in random order. */
class OrderOfRowsTest {
  private static final int COMMITS = 300;
  private static final int ORDERS = 5;

  private final Map<String, Item> database = new TreeMap<>();
  private long revision;

  private static RouteFollower following(RouteImage image) {
    return new RouteFollower(image, () -> Instant.EPOCH, new RouteFollower.Observer() {});
  }

  /** The next rows, of which several may be of one key. */
  private List<Item> rows(Random random) {
    List<Item> rows = new ArrayList<>();
    for (int count = 1 + random.nextInt(6); count > 0; count--) {
      String id = Integer.toString(random.nextInt(4));
      String to = Integer.toString(random.nextInt(3));
      revision++;
      rows.add(
          switch (random.nextInt(11)) {
            case 0, 1, 2, 3 -> Rows.referring(id, revision, "/" + random.nextInt(3), to);
            case 4 -> Rows.route(id, revision, "/" + random.nextInt(3), "http://own" + to);
            case 5 -> Rows.tombstone(id, revision);
            case 6 -> Rows.row(id, revision, "bad");
            case 7, 8 -> Rows.node(to, revision, "http://node" + random.nextInt(3));
            case 9 -> Rows.upstream(to, revision, "bad");
            default -> Rows.upstream(to, revision, null);
          });
    }
    return rows;
  }

  /** In another order, but for those of one key. */
  private static List<Item> shuffled(List<Item> rows, Random random) {
    List<Item> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    Map<String, Deque<Item>> byKey = new HashMap<>();
    rows.forEach(row -> byKey.computeIfAbsent(row.key(), key -> new ArrayDeque<>()).add(row));
    return shuffled.stream()
        .map(row -> Objects.requireNonNull(byKey.get(row.key())).remove())
        .toList();
  }

  /** All that requests, and whoever asks, can see of an image. */
  private static List<String> state(RouteImage image) {
    List<String> state = new ArrayList<>();
    for (Route route : image.table().routes()) {
      state.add(route + " by " + image.upstream(route).text());
    }
    image
        .upstreams()
        .upstreams()
        .forEach(upstream -> state.add(upstream + " deleted " + upstream.deletedAt()));
    image.refused().forEach(refused -> state.add(refused.toString()));
    image.table().shadowed().values().forEach(loser -> state.add(loser.toString()));
    Collections.sort(state);
    return state;
  }

  private static void assertSound(RouteImage image) {
    Map<String, TreeSet<String>> referring = new TreeMap<>();
    for (Route route : image.table().routes()) {
      if (route.destination() instanceof UpstreamRef ref) {
        referring.computeIfAbsent(ref.key(), key -> new TreeSet<>()).add(route.key());
      }
    }
    for (SharedUpstream upstream : image.upstreams().upstreams()) {
      assertThat(image.upstreams().routesOf(upstream.key()))
          .isEqualTo(referring.getOrDefault(upstream.key(), new TreeSet<>()));
      if (upstream.isDeleted()) {
        assertThat(referring).containsKey(upstream.key());
        assertThat(image.refusedByKey()).containsKey(upstream.key());
      }
    }
    image
        .waiting()
        .byKey()
        .forEach(
            route -> {
              String upstream = ((UpstreamRef) route.destination()).key();
              assertThat(image.refusedByKey()).containsKey(route.key());
              assertThat(image.waiting().on(upstream)).contains(route);
              assertThat(image.upstreams().upstream(upstream).filter(u -> !u.isDeleted()))
                  .isEmpty();
            });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theOrderOfRowsWithinACommitMakesNoDifference(long seed) {
    Random random = new Random(seed);
    RouteFollower follower = following(RouteImage.EMPTY);
    follower.onSnapshot(List.of());
    for (int i = 0; i < COMMITS; i++) {
      RouteImage before = follower.image();
      List<Item> rows = rows(random);
      follower.onCommit(Rows.commit(rows.toArray(new Item[0])));
      List<String> expected = state(follower.image());
      assertSound(follower.image());
      for (int order = 0; order < ORDERS; order++) {
        List<Item> other = shuffled(rows, random);
        RouteFollower another = following(before);
        another.onCommit(Rows.commit(other.toArray(new Item[0])));
        assertThat(state(another.image())).as("%s", other).isEqualTo(expected);
        assertSound(another.image());
      }
      rows.forEach(this::write);
      assertASnapshotAgrees(follower.image(), random);
    }
  }

  private void write(Item row) {
    if (row.value() == null) {
      database.remove(row.key());
    } else {
      database.put(row.key(), row);
    }
  }

  /**
   * A snapshot changes nothing, and nothing that a new data plane would serve is served otherwise.
   */
  private void assertASnapshotAgrees(RouteImage image, Random random) {
    List<Item> live = new ArrayList<>(database.values());
    Collections.shuffle(live, random);
    RouteFollower again = following(image);
    again.onSnapshot(live);
    assertThat(state(again.image())).isEqualTo(state(image));
    assertSound(again.image());

    RouteFollower fresh = following(RouteImage.EMPTY);
    fresh.onSnapshot(live);
    assertThat(image.table().routes()).containsAll(fresh.image().table().routes());
    assertThat(image.upstreams().upstreams()).containsAll(fresh.image().upstreams().upstreams());
    assertSound(fresh.image());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theOrderOfCommitsOfDifferentKeysMakesNoDifference(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < COMMITS; i++) {
      Map<String, Item> oneOfAKey = new HashMap<>();
      for (int j = 0; j < 4; j++) {
        rows(random).stream()
            .filter(row -> row.value() != null)
            .forEach(row -> oneOfAKey.put(row.key(), row));
      }
      List<Item> rows = new ArrayList<>(oneOfAKey.values());
      rows.sort(Comparator.comparing(Item::key));
      RouteFollower whole = following(RouteImage.EMPTY);
      whole.onSnapshot(rows);
      Collections.shuffle(rows, random);
      RouteFollower single = following(RouteImage.EMPTY);
      single.onSnapshot(List.of());
      rows.forEach(row -> single.onCommit(Rows.commit(row)));
      assertThat(state(single.image())).as("%s", rows).isEqualTo(state(whole.image()));
    }
  }
}
