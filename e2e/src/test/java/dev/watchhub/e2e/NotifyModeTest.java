package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./watchhub notify-mode}, over {@code ./watchhub up}. */
@Tag("slow")
final class NotifyModeTest {
  @TempDir private Path directory;

  @Test
  void isHubWhereUpCreatedTheSchemaAndStaysAsItWasSet() {
    Ports ports = Ports.free();
    String url = "--controlplane=http://127.0.0.1:" + ports.controlPlane();
    try (WatchhubProcess up = up(ports).awaitReady()) {
      assertThat(up.err()).doesNotContain("not relaying");
      assertPrints("hub\n", "notify-mode", url);
      assertPrints("off\n", "notify-mode", url, "off");
      assertThat(Http.get(ports.controlPlane(), "/notify-mode").body()).contains("\"off\"");
      assertFails("'loud'", "notify-mode", url, "loud");
      assertFails("hub at", "notify-mode", "--controlplane=hub at");
      String hub = "http://127.0.0.1:" + ports.hub();
      assertFails(hub + " answers 404", "notify-mode", "--controlplane=" + hub);
    }
    try (WatchhubProcess up = up(ports).awaitReady()) {
      assertThat(up.out()).endsWith("ready\n");
      assertPrints("off\n", "notify-mode", url);
    }
    assertFails("no control plane answers", "notify-mode", url);
  }

  private WatchhubProcess up(Ports ports) {
    return WatchhubProcess.start(
        "up", "--port-offset=" + ports.offset(), "--data-dir=" + directory.resolve("data"));
  }

  private static void assertPrints(String expected, String... command) {
    try (WatchhubProcess process = WatchhubProcess.start(command)) {
      assertThat(process.awaitExit()).as(process.err()).isZero();
      assertThat(process.out()).isEqualTo(expected);
    }
  }

  private static void assertFails(String naming, String... command) {
    try (WatchhubProcess process = WatchhubProcess.start(command)) {
      assertThat(process.awaitExit()).isNotZero();
      List<String> lines = process.err().lines().toList();
      assertThat(lines).singleElement().asString().startsWith("watchhub: ").contains(naming);
    }
  }
}
