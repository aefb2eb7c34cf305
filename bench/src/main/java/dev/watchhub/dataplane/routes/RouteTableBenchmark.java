package dev.watchhub.dataplane.routes;

import dev.watchhub.bench.micro.Samples;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Finding the route of a request, and applying a change. Each call is timed, for the percentiles
 * matter; that adds the 20 to 40 ns of a clock.
 */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteTableBenchmark {
  private static final int DRAWS = 1 << 16; // drawn before, so that none of it is timed
  private static final int SHAPES = 4;

  /** How many routes there are. */
  @Param({"1000", "100000"})
  public int routes = 1_000;

  private final RouteFollower follower =
      new RouteFollower(RouteImage.EMPTY, InstantSource.system(), new RouteFollower.Observer() {});
  private final String[] paths = new String[DRAWS];
  private final Commit[] commits = new Commit[DRAWS];
  private RouteTable table = RouteTable.EMPTY;
  private int next;

  /** Routes of four kinds: exact, by prefix, of a host, of a method. */
  @Setup(Level.Trial)
  public void fill() {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < routes; i++) {
      items.add(item(i, i + 1));
    }
    follower.onSnapshot(items);
    table = follower.image().table();
    SplittableRandom random = new SplittableRandom(9080);
    for (int i = 0; i < DRAWS; i++) {
      int number = random.nextInt(routes);
      paths[i] = path(number) + (number % SHAPES == 1 ? "/some/more" : "");
      Item item = item(random.nextInt(routes), routes + i + 1L);
      commits[i] =
          new Commit(Samples.position(routes + i + 1L), Instant.EPOCH, List.of(Change.of(item)));
    }
  }

  private static String path(int number) {
    return "/team%d/service%d/v%d".formatted(number % 100, number / 100, number % 7);
  }

  private static Item item(int number, long revision) {
    String rest =
        switch (number % SHAPES) {
          case 0 -> "\"";
          case 1 -> "/*\"";
          case 2 -> "\",\"host\":\"*.example.org\"";
          default -> "\",\"methods\":[\"GET\",\"HEAD\"]";
        };
    String value =
        "{\"uri\":\"%s%s,\"upstream\":\"http://127.0.0.1:9380/r%d\"}"
            .formatted(path(number), rest, revision);
    return new Item("/routes/" + number, value, revision, revision, 1, revision, null, null);
  }

  /** From the path on the request line to the route. */
  @Benchmark
  public Optional<Route> find() {
    next = (next + 1) % DRAWS;
    RoutablePath path = RoutablePath.of(paths[next]);
    return table.find("api.example.org", path.matched(), "GET");
  }

  /** From a commit of one change to the new image; the value is read on the way. */
  @Benchmark
  public RouteImage apply() {
    next = (next + 1) % DRAWS;
    follower.onCommit(commits[next]);
    return follower.image();
  }
}
