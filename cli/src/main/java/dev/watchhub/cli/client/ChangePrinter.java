package dev.watchhub.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.client.Reached;
import dev.watchhub.client.WatchListener;
import dev.watchhub.client.WatchStatus;
import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.EventJson;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Prints what a watcher tells, a line each, and flushes after what belongs together.
 *
 * <p>Threading: one thread tells; {@link #awaitEnd} and {@link #end} by any.
 */
final class ChangePrinter implements WatchListener {
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable ClientException> reason = new AtomicReference<>();

  // The telling thread only.
  private boolean hasBegun; // so another snapshot is a reset
  private boolean hasFollowed;
  private boolean positionIsDue;
  private boolean isLost;

  /**
   * @param err where it says that the hub is lost, or found again
   * @param since whether it goes on from a position, so that already the first snapshot is a reset
   */
  ChangePrinter(PrintWriter out, PrintWriter err, boolean json, boolean since) {
    this.out = out;
    this.err = err;
    this.json = json;
    this.hasBegun = since;
  }

  @Override
  public void onSnapshot(List<Item> items) {
    if (hasBegun) {
      out.print(json ? "{\"op\":\"reset\"}\n" : "reset\n");
    }
    hasBegun = true;
    items.forEach(item -> print("have", item, null));
    positionIsDue = true;
    flush();
  }

  @Override
  public void onCommit(Commit commit) {
    List<Change> changes = commit.changes();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      boolean last = i == changes.size() - 1;
      print(change.op().wire(), change.item(), last ? commit.position() : null);
    }
    flush();
  }

  @Override
  public void onReached(Reached reached) {
    if (positionIsDue && json) {
      out.print("{\"op\":\"synced\",\"position\":\"" + reached.position() + "\"}\n");
      flush();
    }
    positionIsDue = false;
  }

  @Override
  public void onStatus(WatchStatus status) {
    if (status.state() == State.FOLLOWING) {
      hasFollowed = true;
      if (isLost) {
        isLost = false;
        say("the hub is back: nothing was missed");
      }
    } else if (status.state() == State.DISCONNECTED) {
      if (!hasFollowed) {
        end(ClientException.noAnswer("no watch at " + status.detail()));
      } else if (!isLost) {
        isLost = true;
        say("the hub is lost, and looked for: " + status.detail());
      }
    }
  }

  private void say(String text) {
    err.println("watchhub: " + Shown.inOneLine(text));
    err.flush();
  }

  private void print(String op, Item item, @Nullable Position position) {
    if (json) {
      String object = new String(EventJson.item(item), UTF_8);
      out.print("{\"op\":\"" + op + "\"," + object.substring(1, object.length() - 1));
      out.print((position == null ? "" : ",\"position\":\"" + position + "\"") + "}\n");
      return;
    }
    out.print(op + "\t" + item.key() + "\t" + item.revision());
    out.print((item.value() == null ? "" : "\t" + Shown.inOneLine(item.value())) + "\n");
  }

  private void flush() {
    if (out.checkError()) {
      ended.countDown(); // nobody reads any more, such as head, which has seen enough
    }
  }

  /** Ends it with a reason. */
  void end(ClientException why) {
    reason.compareAndSet(null, why);
    ended.countDown();
  }

  /**
   * Waits until there is nobody to print for.
   *
   * @throws ClientException if it ended for another reason
   */
  void awaitEnd() throws InterruptedException {
    ended.await();
    ClientException why = reason.get();
    if (why != null) {
      throw why;
    }
  }
}
