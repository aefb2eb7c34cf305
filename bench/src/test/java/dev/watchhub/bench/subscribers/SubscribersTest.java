package dev.watchhub.bench.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.watchhub.bench.subscribers.ScriptedStreams.Stream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SubscribersTest {
  private final ScriptedStreams server;
  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
  private final Subscribers subscribers =
      Subscribers.start(2, (component, cause) -> fault.set(cause));

  SubscribersTest() throws IOException {
    server = new ScriptedStreams();
  }

  @AfterEach
  void close() throws IOException {
    subscribers.close();
    server.close();
    assertThat(fault.get()).isNull();
  }

  @Test
  void asksEachForItsOwnPath() throws IOException {
    subscribers.open(new Opening(server.port(), "/watch?prefix=/own{i}/", 7, 2, Pace.PROMPT));
    assertThat(new String[] {server.accept().request(), server.accept().request()})
        .allSatisfy(request -> assertThat(request).contains("Accept: text/event-stream\r\n"))
        .anySatisfy(request -> assertThat(request).startsWith("GET /watch?prefix=/own7/ HTTP/1.1"))
        .anySatisfy(request -> assertThat(request).startsWith("GET /watch?prefix=/own8/ HTTP/1.1"));
    assertThat(subscribers.progress()).isEqualTo(new Progress(0, 2, 0, null));
  }

  @Test
  void countsWhatComesWhatIsLeftOutAndWhatComesAgain() throws IOException {
    Stream stream = open(Pace.PROMPT);
    long now = System.nanoTime();
    for (long number : new long[] {5, 6, 9, 9, 10}) { // 7 and 8 are missing, 9 comes twice
      stream.sendChunk("data: " + Mark.value(3, number, now - 2_000_000, 60) + "\n\n");
    }
    stream.sendChunk("data: " + Mark.value(0, 100, now - 2_000_000, 60) + "\n\n"); // another lane
    awaitEvents(6);
    Seen seen = subscribers.seen();
    assertThat(seen.missing()).isEqualTo(2);
    assertThat(seen.repeated()).isEqualTo(1);
    assertThat(seen.delayMicros().getTotalCount()).isEqualTo(6);
    assertThat(seen.delayMicros().getMinValue()).isGreaterThanOrEqualTo(2_000);
  }

  @Test
  void forgetsCountsButNotNumbers() throws IOException {
    Stream stream = open(Pace.PROMPT);
    stream.sendChunk("data: " + Mark.value(0, 1, 0, 60) + "\n\n");
    awaitEvents(1);
    subscribers.forget();
    assertThat(subscribers.seen().events()).isZero();
    stream.sendChunk("data: " + Mark.value(0, 3, 0, 60) + "\n\n");
    awaitEvents(1);
    assertThat(subscribers.seen().missing()).isEqualTo(1);
  }

  @Test
  void saysWhyAServerRefused() throws IOException {
    subscribers.open(new Opening(server.port(), "/", 0, 1, Pace.PROMPT));
    server.accept().send("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
    await("it is refused").until(() -> subscribers.progress().failed() == 1);
    assertThat(subscribers.progress().firstFailure()).contains("'HTTP/1.1 410 Gone'");
  }

  @Test
  void noticesAStreamThatEnds() throws IOException {
    open(Pace.PROMPT).send("0\r\n\r\n");
    await("its end is seen").until(() -> subscribers.seen().ended() == 1);
    open(Pace.PROMPT).channel().close();
    await("the cut is seen").until(() -> subscribers.seen().ended() == 2);
    assertThat(subscribers.progress().open()).isZero();
  }

  @Test
  void aStalledOneReadsNothingAfterTheHead() throws IOException {
    subscribers.open(new Opening(server.port(), "/", 0, 1, Pace.STALLED));
    Stream stream = server.accept().send(ScriptedStreams.CHUNKED);
    await("it is open").until(() -> subscribers.progress().open() == 1);
    stream.fill();
    for (int i = 0; i < 10; i++) {
      subscribers.progress(); // every thread has made a pass
    }
    stream.fill(); // what the system still moved from one end to the other
    assertThat(stream.takesMore()).isFalse();
  }

  @Test
  void aSlowOneReadsOnWithoutBeingCounted() throws IOException {
    Stream stream = open(Pace.SLOW);
    stream.sendChunk("data: " + Mark.value(0, 1, 0, 60) + "\n\n");
    stream.send("fffffff\r\n").fill();
    await("it has made room").until(stream::takesMore);
    assertThat(subscribers.seen().events()).isZero();
    assertThat(subscribers.seen().bytes()).isZero();
  }

  private Stream open(Pace pace) throws IOException {
    int before = subscribers.progress().open();
    subscribers.open(new Opening(server.port(), "/", 0, 1, pace));
    Stream stream = server.accept().send(ScriptedStreams.CHUNKED + ScriptedStreams.FIRST_LINE);
    await("it is open").until(() -> subscribers.progress().open() == before + 1);
    return stream;
  }

  private void awaitEvents(long count) {
    await(count + " events").until(() -> subscribers.seen().events() == count);
  }
}
