package dev.watchhub.bench.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.harness.Values;
import dev.watchhub.bench.http.AnswerReader;
import dev.watchhub.bench.http.Exchange;
import dev.watchhub.bench.load.Histograms;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * Reads through the control plane.
 *
 * @param port of the control plane
 */
record ReadArm(String name, int port, LongPast past) implements Arm<ReadCase> {
  static final String P50 = "p50 ms";
  static final String P99 = "p99 ms";

  private static final int LONGEST_ANSWER = 1 << 20;
  private static final long SEED = 9180;

  @Override
  public RunningArm start(ReadCase testCase) {
    return new Running(
        Exchange.connect(port, LONGEST_ANSWER), testCase, past, new SplittableRandom(SEED));
  }

  private record Running(
      Exchange exchange, ReadCase testCase, LongPast past, SplittableRandom random)
      implements RunningArm {
    @Override
    public Values measure(Duration window) {
      Histogram nanos = Histograms.nanos();
      long start = System.nanoTime();
      long now = start;
      do {
        read();
        long end = System.nanoTime();
        Histograms.record(nanos, end - now);
        now = end;
      } while (now - start < window.toNanos());
      double perSecond = nanos.getTotalCount() / ((now - start) / 1e9);
      return Histograms.add(Values.none().with("reads/s", perSecond), "", nanos);
    }

    private void read() {
      String path = testCase.path(past, random.nextDouble());
      String request = "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n".formatted(path);
      try {
        AnswerReader answer = exchange.ask(request.getBytes(ISO_8859_1));
        if (answer.status() != 200) {
          throw new BenchException(path + " was answered by " + answer.firstLine());
        }
      } catch (IOException e) {
        throw new BenchException(path + ": " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      exchange.close();
    }
  }
}
