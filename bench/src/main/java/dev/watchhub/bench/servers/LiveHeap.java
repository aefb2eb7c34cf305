package dev.watchhub.bench.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.bench.harness.BenchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM holds on its heap. Stateless. */
public final class LiveHeap {
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +[0-9]+ +([0-9]+)");

  private LiveHeap() {}

  /**
   * Bytes of the objects that are in use, after a full collection, by {@code jcmd} of this JDK.
   *
   * @throws BenchException when it cannot be asked
   */
  public static long bytes(long pid) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process process =
          new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      String histogram = new String(process.getInputStream().readAllBytes(), UTF_8);
      Matcher total = TOTAL.matcher(histogram);
      if (!total.find()) {
        throw new BenchException(
            "%s says nothing of the heap of process %d: %s"
                .formatted(jcmd, pid, histogram.lines().findFirst().orElse("no output")));
      }
      return Long.parseLong(total.group(1));
    } catch (IOException e) {
      throw new BenchException("the heap cannot be measured: " + e.getMessage(), e);
    }
  }
}
