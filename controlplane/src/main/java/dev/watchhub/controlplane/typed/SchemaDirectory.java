package dev.watchhub.controlplane.typed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of schemas, each of which adds a collection: {@code flags.json} describes the values
 * of the keys under {@code /flags}.
 */
public final class SchemaDirectory {
  private static final long MAX_BYTES = 1 << 20;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  /** Paths of the admin API itself, and some that are kept free for it. */
  private static final Set<String> TAKEN =
      Set.of(
          "routes",
          "upstreams",
          "kv",
          "history",
          "rollback",
          "txn",
          "compact",
          "rollout",
          "notify-mode",
          "healthz",
          "readyz",
          "status",
          "metrics",
          "docs",
          "problems",
          "webjars");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SchemaDirectory() {}

  /**
   * Reads all files that end in {@code .json}, in the order of their names.
   *
   * @throws BadSchemaException naming a file that is no schema, or whose name is none of a
   *     collection
   */
  public static List<CollectionType> read(Path directory) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new BadSchemaException("the schemas in " + directory + " cannot be read: " + e, e);
    }
    return files.stream().map(SchemaDirectory::collection).toList();
  }

  private static CollectionType collection(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("[.]json$", "");
    if (!NAME.matcher(name).matches()) {
      throw refused(file, "expected a name of small letters, digits and '-', a letter first", null);
    }
    if (TAKEN.contains(name)) {
      throw refused(file, "expected a name other than " + new TreeSet<>(TAKEN), null);
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw refused(file, "it is longer than " + (MAX_BYTES >> 20) + " MiB", null);
      }
      return CollectionType.of(name, ValueSchema.of(MAPPER.readTree(Files.readAllBytes(file))));
    } catch (JsonProcessingException e) {
      throw refused(
          file,
          "line %d, column %d: %s"
              .formatted(
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr(),
                  e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw refused(file, "it cannot be read: " + e, e);
    } catch (BadSchemaException e) {
      throw refused(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static BadSchemaException refused(Path file, String why, @Nullable Exception cause) {
    return new BadSchemaException("the schema " + file + ": " + why, cause);
  }
}
