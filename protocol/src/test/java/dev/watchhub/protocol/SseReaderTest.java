package dev.watchhub.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SseReaderTest {
  private static final int MAX = 1 << 20;
  private static final String STREAM =
      """
      : a comment
      event: first
      id: 1
      data: ä日😀
      data:
      data:  two spaces

      :

      data

      id
      data:no space: and a colon
      retry: 10
      unknown: field

      event: without data
      id: lost

      data: last

      """;
  private static final List<SseEvent> EVENTS =
      List.of(
          new SseEvent("first", "1", "ä日😀\n\n two spaces"),
          new SseEvent("message", null, ""),
          new SseEvent("message", "", "no space: and a colon"),
          new SseEvent("message", null, "last"));

  /** Hands out its bytes in two pieces, or in pieces of a byte. */
  private static InputStream pieces(byte[] bytes, int cut) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      private int at;

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        int most = cut == 0 ? 1 : at < cut ? cut - at : length;
        int read = super.read(to, offset, Math.min(most, length));
        at += read;
        return read;
      }
    };
  }

  private static List<SseEvent> read(InputStream in) throws IOException {
    SseReader reader = new SseReader(in, MAX);
    List<SseEvent> events = new ArrayList<>();
    for (Optional<SseEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
      events.add(next.get());
    }
    return events;
  }

  private static List<SseEvent> read(String text) throws IOException {
    return read(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void readsTheSameEventsWhereverTheBytesAreCut(String lineEnd) throws IOException {
    byte[] bytes = STREAM.replace("\n", lineEnd).getBytes(UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertThat(read(pieces(bytes, cut))).as("cut at %s", cut).isEqualTo(EVENTS);
    }
  }

  @Test
  void takesLineEndsOfEveryKindInOneStream() throws IOException {
    assertThat(read("data: a\rdata: b\ndata: c\r\n\r\ndata: d\r\rdata: e\n\r"))
        .extracting(SseEvent::data)
        .containsExactly("a\nb\nc", "d", "e");
  }

  @Test
  void readsAnEventLongerThanItsBuffer() throws IOException {
    String line = "x😀".repeat(100_000);
    assertThat(read("data: " + line + "\ndata: " + line + "\n\n"))
        .extracting(SseEvent::data)
        .containsExactly(line + "\n" + line);
  }

  @Test
  void returnsAnEventBeforeTheNextOneComes() throws IOException {
    InputStream endless =
        new InputStream() {
          private int sent;

          @Override
          public int read() {
            throw new AssertionError("read in large pieces");
          }

          @Override
          public int read(byte[] to, int offset, int length) {
            if (sent++ > 0) {
              throw new AssertionError("asked for more than the event needs");
            }
            byte[] event = "data: 1\r\r".getBytes(UTF_8);
            System.arraycopy(event, 0, to, offset, event.length);
            return event.length;
          }
        };
    assertThat(new SseReader(endless, MAX).next()).contains(new SseEvent("message", null, "1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "data: 1",
        "data: 1\n",
        "event: a\nid: 7\ndata: 1\n",
        "id: 7\n\n",
        ":\n\n",
        "\n\n"
      })
  void dropsAnEventThatTheStreamsEndCutsOff(String text) throws IOException {
    assertThat(read(text)).isEmpty();
  }

  @Test
  void passesOnThatTheStreamBreaks() {
    InputStream broken =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            throw new IOException("broken");
          }
        };
    assertThatThrownBy(() -> read(broken)).isInstanceOf(IOException.class).hasMessage("broken");
  }

  @Test
  void takesTheLastIdOfAnEventAndNoneWithNul() throws IOException {
    assertThat(read("id: 1\nid: 2\ndata: a\n\nid: 3\u0000\ndata: b\n\nid: 4\nid\ndata: c\n\n"))
        .extracting(SseEvent::id)
        .containsExactly("2", null, "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: 0123456789012345",
        "data: 0123456789012345\n\n",
        ": a comment of 21 char\n\n",
        "data: 0123456789\ndata: 0123456789\n\n",
        "data\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata\ndata"
            + "\ndata\ndata\ndata\ndata\ndata\ndata\n\n"
      })
  void refusesMoreThanItWasToldToTake(String text) {
    for (int cut : new int[] {0, 1, 5, text.length()}) {
      SseReader reader = new SseReader(pieces(text.getBytes(UTF_8), cut), 20);
      assertThatThrownBy(reader::next).as("cut at %s", cut).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void takesAsMuchAsItWasToldTo() throws IOException {
    String text = "data: 01234567890123\ndata: 34567\n\n";
    SseReader reader = new SseReader(new ByteArrayInputStream(text.getBytes(UTF_8)), 20);
    assertThat(reader.next()).map(SseEvent::data).contains("01234567890123\n34567");
  }
}
