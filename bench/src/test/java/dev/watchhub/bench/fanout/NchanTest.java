package dev.watchhub.bench.fanout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.harness.RunSettings;
import dev.watchhub.bench.machine.LoadMeter;
import dev.watchhub.bench.report.TerminalProgress;
import dev.watchhub.bench.servers.NchanInstallation;
import dev.watchhub.bench.servers.NchanServer;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With nginx and nchan, where they are installed. */
final class NchanTest {
  private static final Duration WINDOW = Duration.ofMillis(500);

  @TempDir private Path directory = Path.of("");

  @Test
  void everyEventArrives() {
    try (Service nchan = startNchan();
        SubscriberProcess client = SubscriberProcess.start(1)) {
      for (Layout layout : Layout.values()) {
        FanOutCase testCase = new FanOutCase(10, layout, 40);
        try (Broadcast broadcast = Broadcast.start(nchan, client, testCase, 2, false)) {
          Delivered delivered = broadcast.publish(testCase.perSecond(), WINDOW);
          assertThat(delivered.published()).isEqualTo(20);
          assertThat(delivered.seen().events()).isEqualTo(20L * layout.deliveries(10));
          assertThat(delivered.seen().missing()).isZero();
        }
      }
    }
    assertThat(directory.resolve("nchan")).doesNotExist();
  }

  @Test
  void saysWhatNginxAnsweredToAPublisherItRefuses() {
    try (Service nchan = startNchan();
        Publisher publisher = nchan.publisher()) {
      String tooLarge = "x".repeat(2 << 20); // nginx takes 1 MB
      assertThatThrownBy(() -> publisher.publish(Layout.SHARED, 0, tooLarge))
          .isInstanceOf(BenchException.class)
          .hasMessageContaining("nchan");
    }
  }

  @Test
  void saysWhyNginxDidNotStart() {
    NchanInstallation found = installation();
    NchanInstallation broken = new NchanInstallation(found.nginx(), directory.resolve("none.so"));
    assertThatThrownBy(() -> NchanServer.start(settings(), broken))
        .isInstanceOf(BenchException.class)
        .hasMessageContaining("none.so");
  }

  private Service startNchan() {
    return new NchanService(NchanServer.start(settings(), installation()));
  }

  private static NchanInstallation installation() {
    Optional<NchanInstallation> found = NchanInstallation.find();
    assumeTrue(found.isPresent(), NchanInstallation.MISSING);
    return found.get();
  }

  private RunSettings settings() {
    return new RunSettings(
        true,
        null,
        null,
        directory.resolve("watchhub.jar"),
        directory,
        new LoadMeter(),
        new TerminalProgress(new PrintStream(OutputStream.nullOutputStream(), true, UTF_8)));
  }
}
