package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./watchhub up} as a user starts and stops it, and what it says when it cannot. */
final class UpTest {
  @TempDir private Path directory;

  @Test
  void stopsOnCtrlCWithNothingLeftAndFindsItsDataAgain() {
    Ports ports = Ports.free();
    try (WatchhubProcess first = up(ports).awaitReady()) {
      Http.put(ports.controlPlane(), "/kv/a", "kept");
      Set<ProcessHandle> children = first.handle().descendants().collect(Collectors.toSet());
      first.interrupt();
      first.awaitExit();
      assertThat(children).as("postgres").noneMatch(ProcessHandle::isAlive);
      assertThat(serversIn(directory)).isEmpty();
    }
    try (WatchhubProcess second = up(ports).awaitReady()) {
      assertThat(Http.get(ports.controlPlane(), "/kv/a").json().get("value").asText())
          .isEqualTo("kept");
      assertThat(Http.get(ports.hub(), "/kv/a").json().get("revision").asLong()).isEqualTo(1);
      assertThat(second.err()).doesNotContain("ERROR");
    }
  }

  @Test
  void takesOverFromOneThatWasKilled() {
    Ports ports = Ports.free();
    try (WatchhubProcess first = up(ports).awaitReady()) {
      Http.put(ports.controlPlane(), "/kv/a", "kept");
      first.kill();
    }
    try (WatchhubProcess second = up(ports).awaitReady()) {
      assertThat(second.out()).endsWith("ready\n");
      assertThat(Http.get(ports.hub(), "/kv/a").json().get("value").asText()).isEqualTo("kept");
    }
    await("the servers are gone").until(() -> serversIn(directory).isEmpty());
  }

  @Test
  void namesAPortThatIsTaken() throws IOException {
    Ports ports = Ports.free();
    for (int taken : List.of(ports.database(), ports.hub(), ports.dataPlane())) {
      try (ServerSocket socket = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
        assertThat(socket.isBound()).isTrue();
        assertFailsInOneLine(up(ports), String.valueOf(taken));
      }
    }
    assertThat(serversIn(directory)).isEmpty();
  }

  @Test
  void namesADataDirectoryThatCannotBe() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    assertFailsInOneLine(
        WatchhubProcess.start(
            "up", "--port-offset=" + Ports.free().offset(), "--data-dir=" + file.resolve("data")),
        file.toString());
  }

  @Test
  void namesAJavaThatIsTooOld() throws IOException {
    Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    ProcessBuilder launcher =
        new ProcessBuilder(WatchhubProcess.repository().resolve("watchhub").toString(), "up");
    launcher.environment().put("JAVA_HOME", directory.toString());
    assertFailsInOneLine(WatchhubProcess.launch(launcher), "11.0.2");
  }

  @Test
  void refusesAnAddressThatOthersCanReach() {
    assertFailsInOneLine(WatchhubProcess.start("hub", "--listen=0.0.0.0"), "--insecure");
  }

  @Test
  void refusesADatabaseThatCannotBeFollowed() {
    assertFailsInOneLine(
        WatchhubProcess.start("up", "--jdbc-url=mysql://x", "--port-offset=1"), "jdbc:postgresql:");
    assertFailsInOneLine(
        WatchhubProcess.start(
            "up", "--jdbc-url=jdbc:postgresql://127.0.0.1:1/x", "--port-offset=1"),
        "127.0.0.1:1");
  }

  private WatchhubProcess up(Ports ports) {
    return WatchhubProcess.start(
        "up", "--port-offset=" + ports.offset(), "--data-dir=" + directory.resolve("data"));
  }

  private static void assertFailsInOneLine(WatchhubProcess process, String naming) {
    try (process) {
      assertThat(process.awaitExit()).isNotZero();
      List<String> lines = process.err().lines().filter(line -> !line.contains(" INFO ")).toList();
      assertThat(lines).singleElement().asString().startsWith("watchhub: ").contains(naming);
    }
  }

  private static List<String> serversIn(Path directory) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.map(process -> process.info().commandLine())
          .flatMap(Optional::stream)
          .filter(line -> line.contains("postgres") && line.contains(directory.toString()))
          .toList();
    }
  }
}
