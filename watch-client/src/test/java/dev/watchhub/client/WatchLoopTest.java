package dev.watchhub.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.watchhub.client.WatchStatus.State;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The loop, step by step, over a source that follows a script. */
final class WatchLoopTest {
  private static final Item ITEM = new Item("/a", "1", 1, 1, 1, 1, null, null);
  private static final News EVERYTHING =
      new News.Everything(List.of(ITEM), null, News.Gone.UNKNOWN);
  private static final News COMMIT = commit(2, false);

  /** What a link of the script does: an exception is thrown, news is returned. */
  private final Deque<Object> script = new ArrayDeque<>();

  private final Recorder recorder = new Recorder();
  private final ScriptedSource source = new ScriptedSource();
  private long nanos = 1;
  private final WatchLoop loop = new WatchLoop(source, new Teller(recorder), () -> nanos);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(WatchLoop.class);

  /** A source whose links all read from one script. */
  private final class ScriptedSource implements Source {
    int connected;
    int aborted;
    boolean closed;
    Runnable connecting = () -> {};

    @Override
    public String name() {
      return "the script";
    }

    @Override
    public Link connect() {
      connected++;
      connecting.run();
      return new Link() {
        @Override
        public void open() {
          if (script.peek() instanceof SourceException) {
            next();
          }
        }

        @Override
        public News next() {
          Object next = script.remove();
          if (next instanceof SourceException e) {
            throw e;
          }
          return (News) next;
        }

        @Override
        public void abort() {
          aborted++;
        }
      };
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
    logger.setAdditive(true);
  }

  private void play(Object... steps) {
    script.addAll(List.of(steps));
    while (!script.isEmpty()) {
      loop.poll();
    }
  }

  private static News commit(long revision, boolean upToDate) {
    Item item = new Item("/a", "1", revision, 1, revision, 1, null, null);
    return new News.Changed(new Commit(null, null, List.of(Change.of(item))), null, upToDate);
  }

  private static SourceException lost(String why) {
    return new SourceException(why);
  }

  private List<String> warnings() {
    return logged.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void followsFromTheSnapshotOn() {
    play(EVERYTHING, COMMIT, new News.UpToDate(null), commit(3, false));
    assertThat(recorder.states()).containsExactly(State.CONNECTING, State.FOLLOWING);
    assertThat(recorder.snapshots()).hasSize(1);
    assertThat(recorder.commits()).hasSize(2);
    assertThat(source.connected).isEqualTo(1);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void doesNotFollowAgainBeforeItIsUpToDate() {
    play(EVERYTHING, lost("gone"), COMMIT);
    assertThat(loop.status().state()).isEqualTo(State.CONNECTING);
    play(new News.UpToDate(null));
    assertThat(loop.status().state()).isEqualTo(State.FOLLOWING);
    play(lost("gone"), commit(3, true));
    assertThat(loop.status().state()).isEqualTo(State.FOLLOWING);
  }

  @Test
  void tellsNoChangeTwiceUntilEverythingComesAnew() {
    News both =
        new News.Changed(
            new Commit(
                null,
                null,
                List.of(
                    Change.of(new Item("/a", "1", 2, 1, 2, 1, null, null)),
                    Change.of(new Item("/b", "1", 3, 3, 1, 1, null, null)))),
            null,
            false);
    play(EVERYTHING, COMMIT, lost("cut within a filled gap"), COMMIT, both);
    assertThat(recorder.changes())
        .extracting(change -> change.item().key() + change.item().revision())
        .containsExactly("/a2", "/b3");
    play(new News.StartingOver("timeline"), EVERYTHING, COMMIT);
    assertThat(recorder.changes()).as("revisions are given out again").hasSize(3);
  }

  @Test
  void keepsTheReasonOfALossUntilItIsConnected() {
    play(EVERYTHING, lost("the peer\n\t  has   gone\n"), lost("refused"), lost("refused"));
    assertThat(loop.status()).isEqualTo(new WatchStatus(State.DISCONNECTED, "the script: refused"));
    assertThat(recorder.statuses())
        .extracting(WatchStatus::detail)
        .contains("the script: the peer has gone");
    assertThat(recorder.states())
        .containsExactly(State.CONNECTING, State.FOLLOWING, State.DISCONNECTED);
    assertThat(source.aborted).as("links that are cut").isEqualTo(source.connected);
  }

  @Test
  void waitsForTheSnapshotWhenItStartsOver() {
    play(EVERYTHING, new News.StartingOver("expired"));
    assertThat(loop.status().state()).isEqualTo(State.CONNECTING);
    assertThat(loop.status().detail()).contains("expired");
    play(EVERYTHING);
    assertThat(loop.status().state()).isEqualTo(State.FOLLOWING);
    assertThat(recorder.snapshots()).hasSize(2);
  }

  @Test
  void triesLessAndLessOften() {
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 20; i++) {
      play(lost("refused"));
      assertThat(loop.pause()).isBetween(Duration.ofMillis(25), Duration.ofSeconds(2));
      longest = loop.pause().compareTo(longest) > 0 ? loop.pause() : longest;
    }
    assertThat(longest).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void triesAtOnceAgainOnlyAfterAHealthyPeriod() {
    for (int i = 0; i < 20; i++) {
      play(EVERYTHING, lost("gone")); // over and over, without a pause to speak of
    }
    assertThat(loop.pause()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    play(EVERYTHING);
    nanos += Duration.ofSeconds(5).toNanos();
    play(COMMIT, lost("gone"));
    assertThat(loop.pause()).isLessThanOrEqualTo(Duration.ofMillis(50));
  }

  @Test
  void warnsWhenTheReasonChangesOrAMinuteHasPassed() {
    play(lost("refused"), lost("refused"), lost("reset"), lost("reset"));
    assertThat(warnings())
        .containsExactly("not following the script: refused", "not following the script: reset");
    nanos += Duration.ofSeconds(59).toNanos();
    play(lost("reset"));
    assertThat(warnings()).hasSize(2);
    nanos += Duration.ofSeconds(1).toNanos();
    play(lost("reset"), lost("reset"));
    assertThat(warnings()).hasSize(3);
    play(EVERYTHING, lost("reset"));
    assertThat(warnings()).as("a connection that comes and goes").hasSize(3);
  }

  @Test
  void passesOnWhatAListenerThrows() {
    IllegalStateException thrown = new IllegalStateException();
    WatchLoop deaf =
        new WatchLoop(
            source,
            new Teller(
                new WatchListener() {
                  @Override
                  public void onSnapshot(List<Item> items) {
                    throw thrown;
                  }

                  @Override
                  public void onCommit(Commit commit) {}
                }),
            () -> nanos);
    script.add(EVERYTHING);
    deaf.poll();
    assertThatThrownBy(deaf::poll).isSameAs(thrown);
    deaf.stop();
    assertThat(source.aborted).isEqualTo(1);
    assertThat(source.closed).isTrue();
  }

  @Test
  void cutsALinkThatIsMadeWhileItIsClosed() {
    source.connecting = loop::unblock; // before the loop has it
    assertThat(loop.poll()).isZero();
    assertThat(source.aborted).isEqualTo(1);
    loop.stop();
    assertThat(recorder.states()).containsExactly(State.CONNECTING, State.CLOSED);
    assertThat(warnings()).isEmpty();
    assertThat(source.closed).isTrue();
  }
}
