package dev.watchhub.bench.micro;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.hub.pgoutput.PgOutputDecoder;
import dev.watchhub.hub.pgoutput.PgOutputMessage;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a pgoutput message to a record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecoderBenchmark {
  /** The columns of the table, in order; null for NULL. */
  private static final String[] ROW = {
    "/routes/some/key/012",
    Samples.VALUE,
    "123456789",
    "f",
    "1700000000000",
    "98765432",
    "123450000",
    "42",
    "123456700",
    null,
    null,
    "off"
  };

  private final ByteBuffer insert = insertMessage();
  private final ByteBuffer begin =
      ByteBuffer.allocate(21).put((byte) 'B').putLong(1L << 32).putLong(42).putInt(7).flip();

  private static ByteBuffer insertMessage() {
    ByteBuffer bytes = ByteBuffer.allocate(1024);
    bytes.put((byte) 'I').putInt(16_384).put((byte) 'N').putShort((short) ROW.length);
    for (String value : ROW) {
      if (value == null) {
        bytes.put((byte) 'n');
      } else {
        bytes.put((byte) 't').putInt(value.length()).put(value.getBytes(UTF_8));
      }
    }
    return bytes.flip();
  }

  /** A row of the table. */
  @Benchmark
  public PgOutputMessage insert() {
    return PgOutputDecoder.decode(insert.duplicate());
  }

  /** The beginning of a transaction. */
  @Benchmark
  public PgOutputMessage begin() {
    return PgOutputDecoder.decode(begin.duplicate());
  }
}
