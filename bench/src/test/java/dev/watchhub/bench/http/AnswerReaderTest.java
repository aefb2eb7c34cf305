package dev.watchhub.bench.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class AnswerReaderTest {
  private static final byte[] ANSWER =
      "HTTP/1.1 404 Not Found\r\nX: y\r\nContent-LENGTH: 5\r\n\r\nhello".getBytes(ISO_8859_1);

  private final AnswerReader reader = new AnswerReader(16 << 10);

  private boolean add(String text) throws IOException {
    return reader.add(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
  }

  @Test
  void readsAnAnswerWhereverItIsCut() throws IOException {
    for (int first = 1; first < ANSWER.length; first++) {
      for (int second = first + 1; second < ANSWER.length; second++) {
        reader.next();
        assertThat(reader.add(ByteBuffer.wrap(ANSWER, 0, first))).isFalse();
        assertThat(reader.add(ByteBuffer.wrap(ANSWER, first, second - first))).isFalse();
        assertThat(reader.add(ByteBuffer.wrap(ANSWER, second, ANSWER.length - second))).isTrue();
        assertThat(reader.status()).isEqualTo(404);
        assertThat(reader.bodyLength()).isEqualTo(5);
        assertThat(reader.body()).isEqualTo("hello");
      }
    }
  }

  @Test
  void readsOneAnswerAfterAnother() throws IOException {
    assertThat(reader.add(ByteBuffer.wrap(ANSWER))).isTrue();
    reader.next();
    assertThat(add("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).isTrue();
    assertThat(reader.status()).isEqualTo(200);
    assertThat(reader.firstLine()).isEqualTo("'HTTP/1.1 200 OK'");
  }

  @Test
  void refusesAnAnswerWithoutALength() {
    assertThatThrownBy(() -> add("HTTP/1.1 200 OK\r\nX-Content-Length: 1\r\n\r\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no Content-Length: 'HTTP/1.1 200 OK'");
  }

  @Test
  void refusesMoreThanOneAnswer() {
    assertThatThrownBy(() -> add("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more came than an answer of 1 bytes");
  }

  @Test
  void refusesAnAnswerThatIsTooLong() throws IOException {
    assertThat(add("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n")).isFalse();
    assertThatThrownBy(() -> reader.add(ByteBuffer.allocate(16 << 10)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than 16384 bytes");
  }

  @Test
  void knowsNoStatusOfWhatIsNoAnswer() throws IOException {
    assertThat(add("SMTP 220 ready or not\r\nContent-Length: 0\r\n\r\n")).isTrue();
    assertThat(reader.status()).isZero();
  }
}
