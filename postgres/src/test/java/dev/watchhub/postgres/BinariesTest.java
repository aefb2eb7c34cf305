package dev.watchhub.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BinariesTest {
  @TempDir private Path cache;

  @Test
  void unpacksOnceForSeveralStartsAndOverAnUnpackingThatWasCutShort() throws Exception {
    Path partial = cache.resolve(Binaries.cached().home().getFileName() + ".partial");
    Files.createDirectories(partial.resolve("bin"));
    Files.writeString(partial.resolve("bin/postgres"), "cut short");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Binaries>> both =
          List.of(
              threads.submit(() -> Binaries.in(cache)), threads.submit(() -> Binaries.in(cache)));
      for (Future<Binaries> each : both) {
        Processes.Result version =
            Processes.run(List.of(each.get().program("postgres"), "--version"), cache);
        assertThat(version.output()).contains(") " + Binaries.majorVersion() + ".");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(partial).doesNotExist();
  }
}
