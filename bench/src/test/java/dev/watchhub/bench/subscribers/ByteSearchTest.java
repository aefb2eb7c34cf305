package dev.watchhub.bench.subscribers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ByteSearchTest {
  @Test
  void findsWhatALoopFinds() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : 0x0b + random.nextInt(3));
      }
      int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
      byte a = (byte) (random.nextBoolean() ? '\n' : random.nextInt(256));
      byte b = (byte) random.nextInt(256);
      int expected = from;
      while (expected < bytes.length && bytes[expected] != a && bytes[expected] != b) {
        expected++;
      }
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(ByteSearch.find(in, from, bytes.length, a, b)).isEqualTo(expected);
    }
  }
}
