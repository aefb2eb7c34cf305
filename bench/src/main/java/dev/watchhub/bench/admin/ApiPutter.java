package dev.watchhub.bench.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.watchhub.bench.http.AnswerReader;
import dev.watchhub.bench.http.Exchange;
import dev.watchhub.bench.load.Putter;
import java.io.IOException;

/**
 * Puts by {@code PUT /kv/KEY}, over a connection that is kept. One that is turned away, because too
 * many wait, is tried again at once; all of that is the time of the put.
 */
record ApiPutter(Exchange exchange) implements Putter {
  private static final int LONGEST_ANSWER = 16 << 10;
  private static final int TRIES = 20;
  private static final int TURNED_AWAY = 503;

  static ApiPutter connect(int port) {
    return new ApiPutter(Exchange.connect(port, LONGEST_ANSWER));
  }

  @Override
  public void put(String key, String value) throws IOException {
    String request =
        "PUT /kv%s HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(key, value.length(), value);
    byte[] bytes = request.getBytes(ISO_8859_1);
    AnswerReader answer = exchange.ask(bytes);
    for (int i = 1; i < TRIES && answer.status() == TURNED_AWAY; i++) {
      answer = exchange.ask(bytes);
    }
    if (answer.status() != 200 && answer.status() != 201) {
      throw new IOException("the control plane answered " + answer.firstLine());
    }
  }

  @Override
  public void close() {
    exchange.close();
  }
}
