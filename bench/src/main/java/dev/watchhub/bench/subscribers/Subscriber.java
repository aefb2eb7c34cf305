package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** One connection with a stream of events. Belongs to the thread of its {@link SubscriberLoop}. */
final class Subscriber implements EventScanner.Listener {
  private static final int NOT_SEEN = -1;

  /** So that the server feels it soon when this end does not read. */
  private static final int SMALL_RECEIVE_BUFFER_BYTES = 4096;

  final SocketChannel channel;
  final Pace pace;
  private final Tally tally;
  private final ResponseScanner response = new ResponseScanner(new EventScanner(this));
  private final ByteBuffer request;
  private int[] nextNumbers = {}; // by lane
  private boolean alive;
  private long nowNanos;

  private Subscriber(SocketChannel channel, Pace pace, Tally tally, ByteBuffer request) {
    this.channel = channel;
    this.pace = pace;
    this.tally = tally;
    this.request = request;
  }

  /**
   * Begins to connect.
   *
   * @param from an address of this machine, which gives its ports to the connection
   */
  static Subscriber connect(
      InetSocketAddress from, InetSocketAddress to, String path, Pace pace, Tally tally)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      if (pace != Pace.PROMPT) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_RECEIVE_BUFFER_BYTES);
      }
      channel.bind(from);
      channel.connect(to);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    String request =
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n\r\n"
            .formatted(path, to.getHostString(), to.getPort());
    return new Subscriber(channel, pace, tally, ByteBuffer.wrap(request.getBytes(US_ASCII)));
  }

  /** Sends what is left of the request; true when that was all. */
  boolean sendRequest() throws IOException {
    channel.write(request);
    return !request.hasRemaining();
  }

  /** Whether the stream has begun: a line of it, or at least the head when it is not to be read. */
  boolean isOpen() {
    return alive || (pace == Pace.STALLED && response.isOpen());
  }

  /**
   * Reads once, as much as fits into {@code buffer}.
   *
   * @return false when the stream has ended
   */
  boolean read(ByteBuffer buffer) throws IOException {
    buffer.clear();
    int count = channel.read(buffer);
    if (count < 0) {
      return false;
    }
    nowNanos = System.nanoTime();
    response.read(buffer.flip());
    if (pace == Pace.PROMPT) {
      tally.bytes += count;
    }
    return !response.isEnded();
  }

  @Override
  public void mark(int lane, long number, long sentNanos) {
    if (pace != Pace.PROMPT) {
      return;
    }
    tally.delivered(sentNanos, nowNanos);
    if (lane >= nextNumbers.length) {
      int seen = nextNumbers.length;
      nextNumbers = Arrays.copyOf(nextNumbers, lane + 1);
      Arrays.fill(nextNumbers, seen, nextNumbers.length, NOT_SEEN);
    }
    int expected = nextNumbers[lane];
    if (expected == NOT_SEEN || number == expected) {
      nextNumbers[lane] = (int) number + 1;
    } else if (number > expected) {
      tally.missing += number - expected;
      nextNumbers[lane] = (int) number + 1;
    } else {
      tally.repeated++;
    }
  }

  @Override
  public void event(EventKind kind) {
    if (pace != Pace.PROMPT) {
      return;
    }
    switch (kind) {
      case BOOKMARK -> {
        tally.bookmarks++;
        tally.lastBookmarkNanos = nowNanos;
      }
      case SYNCED -> {
        tally.synced++;
        tally.lastSyncedNanos = nowNanos;
      }
      case RESET -> tally.resets++;
      case MESSAGE, SNAPSHOT, OTHER -> {}
    }
  }

  @Override
  public void alive() {
    alive = true;
  }
}
