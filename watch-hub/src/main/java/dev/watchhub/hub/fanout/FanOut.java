package dev.watchhub.hub.fanout;

import dev.watchhub.hub.log.ChangeLog;
import dev.watchhub.hub.log.LogRead;
import dev.watchhub.hub.log.LogState;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All subscribers, spread over a few threads. Any thread. */
public final class FanOut implements AutoCloseable {
  private final ChangeLog log;
  private final LongSupplier heartbeatsSent;
  private final LongSupplier nanoTime;
  private final List<Shard> shards;
  private final Resources owned;
  private final AtomicLong ids = new AtomicLong();

  private FanOut(
      ChangeLog log,
      LongSupplier heartbeatsSent,
      LongSupplier nanoTime,
      List<Shard> shards,
      Resources owned) {
    this.log = log;
    this.heartbeatsSent = heartbeatsSent;
    this.nanoTime = nanoTime;
    this.shards = shards;
    this.owned = owned;
  }

  /**
   * Starts the threads.
   *
   * @param threads how many, from 1
   * @param heartbeatsSent number of the newest heartbeat that the hub has sent
   */
  public static FanOut start(
      ChangeLog log,
      Timing timing,
      int threads,
      LongSupplier heartbeatsSent,
      LongSupplier nanoTime,
      Faults faults) {
    return Resources.buildOrClose(
        owned -> {
          List<Shard> shards = new ArrayList<>();
          for (int i = 0; i < threads; i++) {
            Shard shard = new Shard(log, timing, nanoTime);
            shards.add(shard);
            owned.own(Worker.start("hub-fanout-" + i, shard, faults));
          }
          return new FanOut(log, heartbeatsSent, nanoTime, shards, owned);
        });
  }

  /** Says that the log has changed. */
  public void wake() {
    shards.forEach(Shard::wake);
  }

  /**
   * Adds a subscriber and returns its id, a number that is not given twice.
   *
   * @param address of the client, for people
   * @param node what the client calls itself; null when it does not
   */
  public long subscribe(WatchRequest request, Sink sink, String address, @Nullable String node) {
    long id = ids.incrementAndGet();
    Subscriber subscriber =
        new Subscriber(id, address, node, request, sink, heartbeatsSent.getAsLong());
    shards.get((int) (id % shards.size())).join(subscriber);
    return id;
  }

  /** Who is there now, in no order. */
  public List<SubscriberView> views() {
    List<SubscriberView> views = new ArrayList<>();
    for (Shard shard : shards) {
      for (Subscriber subscriber : shard.present()) {
        views.add(view(shard.seenPosition(), subscriber));
      }
    }
    return views;
  }

  /**
   * A view.
   *
   * @param seen up to where the shard had waked whom a commit concerns, before the rest is read
   */
  private SubscriberView view(Position seen, Subscriber subscriber) {
    long cursor = subscriber.cursor;
    boolean idle = subscriber.idle;
    LogState state = log.state();
    // One that waits stands nowhere yet.
    long lagCommits = idle ? 0 : Math.max(state.next() - Math.max(cursor, state.oldest()), 0);
    long lagMillis =
        lagCommits > 0 && log.read(cursor) instanceof LogRead.Found found
            ? (nanoTime.getAsLong() - found.entry().appendedNanos()) / 1_000_000
            : 0;
    return new SubscriberView(
        subscriber.id,
        subscriber.address,
        subscriber.node,
        subscriber.request.filter(),
        subscriber.position,
        idle ? seen : null,
        lagCommits,
        lagMillis);
  }

  /** Ends every subscription and the threads. Idempotent. */
  @Override
  public void close() {
    owned.close();
  }
}
