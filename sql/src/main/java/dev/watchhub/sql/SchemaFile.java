package dev.watchhub.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the numbered files.
 *
 * @param checksum SHA-256 of the text in hexadecimal digits
 */
record SchemaFile(String name, String text, String checksum) {
  private static final List<String> NAMES =
      List.of(
          "10-config.sql",
          "20-settings.sql",
          "30-read.sql",
          "35-past.sql",
          "40-write.sql",
          "45-conditional.sql",
          "47-rollback.sql",
          "48-references.sql",
          "50-changes.sql",
          "60-compaction.sql",
          "70-notify.sql",
          "75-relay.sql",
          "80-publication.sql",
          "90-nodes.sql");

  /** All files in the order in which they run. */
  static List<SchemaFile> all() {
    return NAMES.stream().map(SchemaFile::load).toList();
  }

  private static SchemaFile load(String name) {
    try (@Nullable InputStream in = SchemaFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from this build");
      }
      byte[] bytes = in.readAllBytes();
      String checksum =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      return new SchemaFile(name, new String(bytes, StandardCharsets.UTF_8), checksum);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
