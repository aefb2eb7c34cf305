package dev.watchhub.dataplane.kept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.watchhub.dataplane.routes.RefusedValue;
import dev.watchhub.protocol.Item;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The file itself. Lines of UTF-8: a head that names format and version, one JSON object for each
 * route, each upstream and each refused value, and the SHA-256 of all that in hexadecimal digits.
 *
 * <p>It is replaced as a whole: written beside, flushed to the disk, and renamed.
 *
 * <p>Threading: not thread-safe.
 */
public final class RouteFile {
  private static final String FORMAT = "watchhub routes";
  private static final int VERSION = 2;
  private static final int WITHOUT_UPSTREAMS = 1; // a version that is read and not written
  private static final int DIGEST_LINE_BYTES = 65;
  private static final long MAX_BYTES = 1L << 30;
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Path path;
  private final List<String> sources;

  /**
   * A file that may not be there yet.
   *
   * @param sources what its routes come from; one that names other sources only is not used
   */
  public RouteFile(Path path, List<String> sources) {
    this.path = path.toAbsolutePath();
    this.sources = List.copyOf(sources);
  }

  /**
   * Replaces the file.
   *
   * @throws IOException if that failed; the file is what it was
   */
  void write(KeptRoutes routes) throws IOException {
    Path directory = path.getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(directory); // which refuses a link to one before JDK 20
    }
    Path beside = path.resolveSibling(path.getFileName() + ".new");
    MessageDigest digest = sha256();
    try (FileChannel channel = FileChannel.open(beside, CREATE, WRITE, TRUNCATE_EXISTING)) {
      OutputStream file = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      DigestOutputStream out = new DigestOutputStream(file, digest);
      ObjectNode head = MAPPER.createObjectNode();
      head.put("format", FORMAT).put("version", VERSION);
      head.put("currentAt", routes.currentAt().toString());
      sources.forEach(head.putArray("sources")::add);
      head.put("rows", routes.rows().size()).put("refused", routes.refused().size());
      writeLine(out, head);
      for (Item row : routes.rows()) {
        ObjectNode line = MAPPER.createObjectNode();
        writeLine(
            out,
            line.put("key", row.key()).put("revision", row.revision()).put("value", row.value()));
      }
      for (RefusedValue one : routes.refused()) {
        ObjectNode line = MAPPER.createObjectNode();
        writeLine(
            out,
            line.put("key", one.key()).put("revision", one.revision()).put("reason", one.reason()));
      }
      file.write((HexFormat.of().formatHex(digest.digest()) + "\n").getBytes(UTF_8));
      file.flush();
      channel.force(true);
    }
    Files.move(beside, path, ATOMIC_MOVE);
    flushDirectory();
  }

  private static void writeLine(OutputStream out, ObjectNode line) throws IOException {
    out.write(MAPPER.writeValueAsBytes(line));
    out.write('\n');
  }

  /** Makes the renaming last; where directories cannot be opened (Windows) it does so by itself. */
  private void flushDirectory() throws IOException {
    Path directory = path.getParent();
    if (directory != null && !System.getProperty("os.name", "").startsWith("Windows")) {
      try (FileChannel channel = FileChannel.open(directory, READ)) {
        channel.force(true);
      }
    }
  }

  /**
   * Reads the file; empty when there is none.
   *
   * @throws IOException if it cannot be read
   * @throws UnusableFileException if it is torn, of another format or of another version, or if its
   *     routes are those of another database
   */
  Optional<KeptRoutes> read() throws IOException, UnusableFileException {
    byte[] bytes;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new UnusableFileException("it has more than " + MAX_BYTES + " bytes");
      }
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    String[] lines = new String(bytes, UTF_8).split("\n", -1);
    int version = version(lines[0]);
    if (version != VERSION && version != WITHOUT_UPSTREAMS) {
      throw new UnusableFileException(
          "it is of version "
              + version
              + "; this program reads versions "
              + WITHOUT_UPSTREAMS
              + " and "
              + VERSION);
    }
    int end = bytes.length - DIGEST_LINE_BYTES;
    MessageDigest digest = sha256();
    digest.update(bytes, 0, Math.max(end, 0));
    String sum = HexFormat.of().formatHex(digest.digest());
    if (end <= 0 || !new String(bytes, end, DIGEST_LINE_BYTES, UTF_8).equals(sum + "\n")) {
      throw new UnusableFileException("it is torn or altered: its checksum does not fit");
    }
    try {
      checkSources(MAPPER.readTree(lines[0]).path("sources"));
      return Optional.of(parse(lines, version == VERSION ? "rows" : "routes"));
    } catch (JsonProcessingException | DateTimeException | IndexOutOfBoundsException e) {
      throw new UnusableFileException("its checksum fits and its content makes no sense: " + e);
    }
  }

  private static int version(String head) throws UnusableFileException {
    try {
      JsonNode json = MAPPER.readTree(head);
      if (json.path("format").asText().equals(FORMAT) && json.path("version").isInt()) {
        return json.get("version").intValue();
      }
    } catch (JsonProcessingException e) {
      // the same answer as for JSON that says something else
    }
    throw new UnusableFileException("it is no file of a data plane's routes");
  }

  private void checkSources(JsonNode written) throws UnusableFileException {
    List<String> others = new ArrayList<>();
    written.forEach(source -> others.add(source.asText()));
    if (!sources.isEmpty() && !others.isEmpty() && Collections.disjoint(sources, others)) {
      throw new UnusableFileException(
          "they are those of "
              + String.join(" and ", others)
              + ", and what is followed is "
              + String.join(" and ", sources));
    }
  }

  private static KeptRoutes parse(String[] lines, String counted) throws JsonProcessingException {
    JsonNode head = MAPPER.readTree(lines[0]);
    int good = head.path(counted).asInt();
    int refused = head.path("refused").asInt();
    List<Item> rows = new ArrayList<>();
    List<RefusedValue> refusals = new ArrayList<>();
    for (int i = 1; i <= good + refused; i++) {
      JsonNode line = MAPPER.readTree(lines[i]);
      String key = line.path("key").asText();
      long revision = line.path("revision").asLong();
      if (i <= good) {
        rows.add(new Item(key, line.path("value").asText(), revision, 0, 0, 0, null, null));
      } else {
        refusals.add(new RefusedValue(key, revision, line.path("reason").asText()));
      }
    }
    return new KeptRoutes(Instant.parse(head.path("currentAt").asText()), rows, refusals);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
