package dev.watchhub.bench.subscribers;

import dev.watchhub.lifecycle.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves a share of the subscribers with one selector.
 *
 * <p>Threading: {@link #ask} and {@link #tell} may be called by any thread; everything else belongs
 * to the thread that calls {@link #poll}.
 */
final class SubscriberLoop implements Worker.Step {
  /** A server's queue of connections to be accepted has room for 50 where nobody asked for more. */
  private static final int CONNECTING_AT_ONCE = 20;

  private static final int BUFFER_BYTES = 128 * 1024;
  private static final int SLOW_READ_BYTES = 1_000;
  private static final long SLOW_EVERY_NANOS = Duration.ofMillis(100).toNanos();
  private static final long SELECT_MILLIS = 100;

  private final Selector selector;
  private final Queue<Consumer<SubscriberLoop>> orders = new ConcurrentLinkedQueue<>();

  // Polling thread only.
  private final Tally tally = new Tally();
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer slowBuffer =
      ByteBuffer.allocateDirect(SLOW_READ_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<Subscriber> slow = new ArrayList<>();
  private int connecting;
  private int open;
  private int failed;
  private @Nullable String firstFailure;
  private long lastSlowNanos = System.nanoTime();

  SubscriberLoop() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("a selector cannot be opened", e);
    }
  }

  /** Asks the polling thread, which answers within its next pass. Any thread. */
  <T> CompletableFuture<T> ask(Function<SubscriberLoop, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    tell(loop -> answer.complete(question.apply(loop)));
    return answer;
  }

  /** Has something done by the polling thread, in the order of the calls. Any thread. */
  void tell(Consumer<SubscriberLoop> order) {
    orders.add(order);
    selector.wakeup();
  }

  /** Will connect from {@code from} when fewer are connecting. */
  void open(InetSocketAddress from, InetSocketAddress to, String path, Pace pace) {
    waiting.add(() -> connect(from, to, path, pace));
  }

  /** How far the opening is. */
  Progress progress() {
    return new Progress(open, waiting.size() + connecting, failed, firstFailure);
  }

  Tally tally() {
    return tally;
  }

  /** Closes all connections, and forgets failures. */
  void closeAll() {
    waiting.clear();
    for (SelectionKey key : List.copyOf(selector.keys())) {
      close(key);
    }
    slow.clear();
    connecting = 0;
    open = 0;
    failed = 0;
    firstFailure = null;
  }

  @Override
  public int poll() throws IOException {
    Consumer<SubscriberLoop> order = orders.poll();
    while (order != null) {
      order.accept(this);
      order = orders.poll();
    }
    while (connecting < CONNECTING_AT_ONCE && !waiting.isEmpty()) {
      waiting.remove().run();
    }
    selector.select(this::serve, SELECT_MILLIS);
    long now = System.nanoTime();
    if (now - lastSlowNanos >= SLOW_EVERY_NANOS) {
      lastSlowNanos = now;
      slow.removeIf(subscriber -> !readSlowly(subscriber));
    }
    return 1;
  }

  @Override
  public void unblock() {
    selector.wakeup();
  }

  @Override
  public void stop() throws IOException {
    closeAll();
    selector.close();
  }

  private void connect(InetSocketAddress from, InetSocketAddress to, String path, Pace pace) {
    try {
      Subscriber subscriber = Subscriber.connect(from, to, path, pace, tally);
      subscriber.channel.register(selector, SelectionKey.OP_CONNECT, subscriber);
      connecting++;
    } catch (IOException e) {
      fail(e);
    }
  }

  private void serve(SelectionKey key) {
    Subscriber subscriber = (Subscriber) key.attachment();
    boolean wasOpen = subscriber.isOpen();
    try {
      if (key.isConnectable()) {
        subscriber.channel.finishConnect();
        key.interestOps(SelectionKey.OP_WRITE);
      } else if (key.isWritable()) {
        if (subscriber.sendRequest()) {
          key.interestOps(SelectionKey.OP_READ);
        }
      } else if (!subscriber.read(buffer)) {
        throw new IOException("the server ended the stream");
      }
      if (!wasOpen && subscriber.isOpen()) {
        connecting--;
        open++;
        settle(key, subscriber);
      }
    } catch (IOException e) {
      close(key);
      if (wasOpen) {
        open--;
        tally.ended++;
      } else {
        connecting--;
        fail(e);
      }
    }
  }

  private void settle(SelectionKey key, Subscriber subscriber) {
    if (subscriber.pace != Pace.PROMPT) {
      key.interestOps(0);
    }
    if (subscriber.pace == Pace.SLOW) {
      slow.add(subscriber);
    }
  }

  private boolean readSlowly(Subscriber subscriber) {
    try {
      return subscriber.read(slowBuffer);
    } catch (IOException cut) {
      return false; // it is let go; only the prompt ones count
    }
  }

  private void fail(IOException e) {
    failed++;
    if (firstFailure == null) {
      firstFailure = String.valueOf(e.getMessage());
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException("a connection cannot be closed", e);
    }
  }
}
