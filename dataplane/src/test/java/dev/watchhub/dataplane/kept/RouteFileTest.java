package dev.watchhub.dataplane.kept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.dataplane.routes.RefusedValue;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.protocol.Item;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteFileTest {
  private static final KeptRoutes KEPT =
      new KeptRoutes(
          Instant.parse("2026-01-31T12:00:00.123456Z"),
          List.of(row("/routes/a", 7, "{\"uri\":\"/ü\\n\",\n\"x\":1}"), row("/routes/b c", 9, "")),
          List.of(new RefusedValue("/routes/a", 8, "'uri' is missing")));

  private static final List<String> HERE = List.of("http://hub:9280", "jdbc:postgresql://db/a");

  @TempDir private Path directory;

  private static Item row(String key, long revision, String value) {
    return new Item(key, value, revision, 0, 0, 0, null, null);
  }

  private Path path() {
    return directory.resolve("x.routes");
  }

  @Test
  void readsWhatItWroteAndLeavesNothingElseBehind() throws Exception {
    RouteFile file = new RouteFile(path(), HERE);
    assertThat(file.read()).isEmpty();

    file.write(new KeptRoutes(Instant.EPOCH, List.of(), List.of()));
    file.write(KEPT);

    assertThat(file.read()).contains(KEPT);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(path());
    }
  }

  /** Written before there were upstreams. */
  @Test
  void readsAFileOfTheVersionBefore() throws Exception {
    RouteFile file = new RouteFile(path(), HERE);
    file.write(KEPT);
    String content =
        Files.readString(path())
            .replaceFirst("\"version\":2", "\"version\":1")
            .replaceFirst("\"rows\":", "\"routes\":")
            .replaceFirst("[0-9a-f]{64}\n$", "");
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
    Files.writeString(path(), content + HexFormat.of().formatHex(sum) + "\n");

    assertThat(file.read()).contains(KEPT);
  }

  @Test
  void refusesAFileThatIsTornAnywhere() throws Exception {
    RouteFile file = new RouteFile(path(), HERE);
    file.write(KEPT);
    byte[] whole = Files.readAllBytes(path());
    for (int length = 0; length < whole.length; length++) {
      Files.write(path(), java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(file::read).isInstanceOf(UnusableFileException.class);
    }
  }

  @Test
  void refusesAFileWithAnyByteAltered() throws Exception {
    RouteFile file = new RouteFile(path(), HERE);
    file.write(KEPT);
    byte[] whole = Files.readAllBytes(path());
    for (int at = 0; at < whole.length; at++) {
      byte[] altered = whole.clone();
      altered[at] ^= 1;
      Files.write(path(), altered);
      assertThatThrownBy(file::read).isInstanceOf(UnusableFileException.class);
    }
  }

  @Test
  void saysWhatIsWrongWithAFileThatIsNotItsOwn() throws Exception {
    RouteFile file = new RouteFile(path(), HERE);
    Files.writeString(path(), "root:x:0:0:root:/root:/bin/bash\n");
    assertThatThrownBy(file::read).hasMessage("it is no file of a data plane's routes");

    file.write(KEPT);
    String later = Files.readString(path()).replaceFirst("\"version\":2", "\"version\":3");
    Files.writeString(path(), later);
    assertThatThrownBy(file::read)
        .hasMessage("it is of version 3; this program reads versions 1 and 2");
  }

  @Test
  void refusesTheRoutesOfAnotherDatabase() throws Exception {
    new RouteFile(path(), HERE).write(KEPT);
    assertThat(new RouteFile(path(), List.of("http://moved:9280", HERE.get(1))).read())
        .contains(KEPT);
    assertThatThrownBy(new RouteFile(path(), List.of("http://staging:9280"))::read)
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            "they are those of http://hub:9280 and jdbc:postgresql://db/a, and what is followed is"
                + " http://staging:9280");
  }

  @Test
  void keepsThemInADirectoryThatIsALink() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    new RouteFile(link.resolve("x.routes"), HERE).write(KEPT);
    assertThat(real.resolve("x.routes")).isRegularFile();
  }

  @Test
  void startsWithNothingFromAFileThatIsNotToBeUsed() throws Exception {
    Files.writeString(path(), "rubbish");
    assertThat(RouteKeeper.restore(new RouteFile(path(), HERE))).isSameAs(RouteImage.EMPTY);
    assertThat(RouteKeeper.restore(new RouteFile(directory, HERE))).isSameAs(RouteImage.EMPTY);
    assertThat(RouteKeeper.restore(new RouteFile(directory.resolve("none"), HERE)))
        .isSameAs(RouteImage.EMPTY);
    assertThat(new String(Files.readAllBytes(path()), UTF_8)).isEqualTo("rubbish");
  }
}
