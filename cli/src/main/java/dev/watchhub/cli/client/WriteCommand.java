package dev.watchhub.cli.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command that writes, with what is kept about it. */
abstract class WriteCommand extends ClientCommand {
  @Option(names = "--author", paramLabel = "NAME", description = "who writes; kept in the history")
  private @Nullable String author;

  @Option(names = "--note", paramLabel = "TEXT", description = "why; kept in the history")
  private @Nullable String note;

  /** The headers that say who and why. */
  Map<String, String> attribution() {
    Map<String, String> headers = new LinkedHashMap<>();
    put(headers, "X-Author", "--author", author);
    put(headers, "X-Note", "--note", note);
    return headers;
  }

  private static void put(
      Map<String, String> headers, String name, String option, @Nullable String text) {
    if (text == null) {
      return;
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw ClientException.usage(option + " has a control character; expected one line of text");
    }
    headers.put(name, Keys.decoded(option, text));
  }

  /** The header for a key that has to be at a revision; none for null. */
  static Map<String, String> ifRevision(@Nullable Long revision) {
    if (revision == null) {
      return Map.of();
    }
    if (revision < 1) {
      throw ClientException.usage("--if-revision " + revision + ": expected a revision, from 1");
    }
    return Map.of("If-Match", "\"" + revision + "\"");
  }
}
