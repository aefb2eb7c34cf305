package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ResponseScannerTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nServer: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String CLOSING_HEAD = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n";

  /** Events of all kinds, text of more than one byte a character, at signs that are no marks. */
  private static final String EVENTS =
      ": hi\n\n"
          + "event: reset\nid:\ndata: {\"reason\":\"expired\"}\n\n"
          + "event: snapshot\ndata: {\"items\":[{\"value\":\""
          + Mark.value(9, 9, 9, 40)
          + "\"}]}\n\n"
          + "event: synced\nid: p1\ndata: {\"count\":1}\n\n"
          + "event: commit\nid: p2\ndata: {\"key\":\"/ä€😀\",\"value\":\""
          + Mark.value(1, 5, 1_000, 40)
          + "\"},{\"value\":\"@12zz€@"
          + Mark.value(255, 0xffffffffL, -1, 27)
          + "\"}\n\n"
          + "event: bookmark\r\nid: p3\r\ndata: {}\r\n\r\n"
          + ":\n\n"
          + "id: 17:0\ndata: "
          + Mark.value(0, 1, Long.MAX_VALUE, 200)
          + "\n\n";

  private static final List<String> FOUND =
      List.of(
          "RESET",
          "SNAPSHOT",
          "SYNCED",
          "1 5 1000",
          "255 4294967295 -1",
          "MESSAGE",
          "BOOKMARK",
          "0 1 9223372036854775807",
          "MESSAGE");

  /** Writes down what is found. */
  private static final class Recorder implements EventScanner.Listener {
    private final List<String> found = new ArrayList<>();
    private boolean alive;

    @Override
    public void mark(int lane, long number, long sentNanos) {
      found.add(lane + " " + number + " " + sentNanos);
    }

    @Override
    public void event(EventKind kind) {
      found.add(kind.toString());
    }

    @Override
    public void alive() {
      alive = true;
    }
  }

  private final Recorder recorder = new Recorder();
  private final ResponseScanner scanner = new ResponseScanner(new EventScanner(recorder));

  @Test
  void findsTheSameWhereverTheBytesAreCut() throws RefusedException {
    byte[] whole = chunked(EVENTS.getBytes(UTF_8), 50);
    for (int cut = 0; cut <= whole.length; cut++) {
      Recorder found = new Recorder();
      ResponseScanner cutScanner = new ResponseScanner(new EventScanner(found));
      cutScanner.read(buffer(whole, 0, cut));
      cutScanner.read(buffer(whole, cut, whole.length));
      assertThat(found.found).as("cut at " + cut).isEqualTo(FOUND);
    }
  }

  @Test
  void findsTheSameByteByByte() throws RefusedException {
    byte[] whole = chunked(EVENTS.getBytes(UTF_8), 17);
    for (int i = 0; i < whole.length; i++) {
      scanner.read(buffer(whole, i, i + 1));
    }
    assertThat(recorder.found).isEqualTo(FOUND);
    assertThat(recorder.alive).isTrue();
  }

  @Test
  void findsTheSameInChunksOfEverySize() throws RefusedException {
    byte[] events = EVENTS.getBytes(UTF_8);
    for (int size = 1; size <= events.length; size++) {
      Recorder found = new Recorder();
      byte[] whole = chunked(events, size);
      new ResponseScanner(new EventScanner(found)).read(buffer(whole, 0, whole.length));
      assertThat(found.found).as("chunks of " + size).isEqualTo(FOUND);
    }
  }

  @Test
  void findsTheSameInABodyThatEndsWithTheConnection() throws RefusedException {
    byte[] whole = (CLOSING_HEAD + EVENTS).getBytes(UTF_8);
    Random random = new Random(1);
    for (int at = 0; at < whole.length; ) {
      int to = Math.min(whole.length, at + 1 + random.nextInt(30));
      scanner.read(buffer(whole, at, to));
      at = to;
    }
    assertThat(recorder.found).isEqualTo(FOUND);
  }

  @Test
  void knowsTheLastChunk() throws RefusedException {
    scanner.read(text(HEAD + "3;x=y\r\n:\n\n\r\n"));
    assertThat(scanner.isEnded()).isFalse();
    scanner.read(text("0\r\n\r\n"));
    assertThat(scanner.isEnded()).isTrue();
  }

  @Test
  void isOpenOnceTheHeadIsThereAndAliveWithTheFirstLine() throws RefusedException {
    scanner.read(text(HEAD.substring(0, HEAD.length() - 1)));
    assertThat(scanner.isOpen()).isFalse();
    scanner.read(text("\n"));
    assertThat(scanner.isOpen()).isTrue();
    assertThat(recorder.alive).isFalse();
    scanner.read(text("1\r\n:\r\n"));
    assertThat(recorder.alive).isTrue();
  }

  @Test
  void saysWhatTheServerAnsweredInsteadOfAStream() {
    assertThatThrownBy(() -> scanner.read(text("HTTP/1.1 503 Service Unavailable\r\n\r\n")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("'HTTP/1.1 503 Service Unavailable'");
  }

  @Test
  void refusesAChunkSizeThatIsNone() {
    assertThatThrownBy(() -> scanner.read(text(HEAD + "xyz\r\n")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("'x'");
    assertThatThrownBy(
            () ->
                new ResponseScanner(new EventScanner(recorder)).read(text(HEAD + "fffffffff\r\n")))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void refusesAHeadWithoutAnEnd() {
    assertThatThrownBy(() -> scanner.read(text("x".repeat(20_000))))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("16384 bytes");
  }

  private static byte[] chunked(byte[] body, int size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(HEAD.getBytes(UTF_8));
    for (int at = 0; at < body.length; at += size) {
      int length = Math.min(size, body.length - at);
      out.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(UTF_8));
      out.write(body, at, length);
      out.writeBytes("\r\n".getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  private static ByteBuffer text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return buffer(bytes, 0, bytes.length);
  }

  private static ByteBuffer buffer(byte[] bytes, int from, int to) {
    return ByteBuffer.wrap(bytes, from, to - from).order(ByteOrder.LITTLE_ENDIAN);
  }
}
