package dev.watchhub.bench.subscribers;

import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.lifecycle.Worker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** All subscribers of this process, spread over a few threads. One thread at a time. */
final class Subscribers implements AutoCloseable {
  /** Ports of closed connections rest for a minute, so each address is used in its turn. */
  private static final int CONNECTIONS_PER_ADDRESS = 4_000;

  private static final int ADDRESSES = 200;

  private final List<SubscriberLoop> loops;
  private final Resources owned;
  private long opened;

  private Subscribers(List<SubscriberLoop> loops, Resources owned) {
    this.loops = loops;
    this.owned = owned;
  }

  /** Starts the threads, without a subscriber. */
  static Subscribers start(int threads, Faults faults) {
    return Resources.buildOrClose(
        owned -> {
          List<SubscriberLoop> loops = new ArrayList<>();
          for (int i = 0; i < threads; i++) {
            SubscriberLoop loop = new SubscriberLoop();
            loops.add(loop);
            owned.own(Worker.start("subscribers-" + i, loop, faults));
          }
          return new Subscribers(loops, owned);
        });
  }

  /** Begins to open subscribers beside those that are there; {@link #progress} says how far. */
  void open(Opening opening) {
    InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), opening.port());
    for (int i = 0; i < opening.count(); i++) {
      String path = opening.pathOf(opening.first() + i);
      InetSocketAddress from = nextAddress();
      SubscriberLoop loop = loops.get(i % loops.size());
      loop.tell(l -> l.open(from, to, path, opening.pace()));
    }
  }

  private InetSocketAddress nextAddress() {
    byte last = (byte) (1 + opened++ / CONNECTIONS_PER_ADDRESS % ADDRESSES);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 1, last}), 0);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  Progress progress() {
    return ask(SubscriberLoop::progress).stream().reduce(Progress.NONE, Progress::plus);
  }

  Seen seen() {
    return ask(loop -> Seen.of(loop.tally())).stream().reduce(Seen::plus).orElseThrow();
  }

  /** Counts from nothing; the numbers that each subscriber has seen stay known. */
  void forget() {
    loops.forEach(loop -> loop.tell(l -> l.tally().clear()));
  }

  /** Closes all connections. */
  void closeAll() {
    loops.forEach(loop -> loop.tell(SubscriberLoop::closeAll));
  }

  private <T> List<T> ask(Function<SubscriberLoop, T> question) {
    return loops.stream().map(loop -> loop.ask(question)).toList().stream()
        .map(answer -> answer.join())
        .toList();
  }

  @Override
  public void close() {
    owned.close();
  }
}
