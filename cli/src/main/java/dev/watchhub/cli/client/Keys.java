package dev.watchhub.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.Key;
import java.net.URLEncoder;
import org.jspecify.annotations.Nullable;

/** Keys, prefixes and other text of the command line, checked and as a URL has them. */
final class Keys {
  private Keys() {}

  /** The path of a key, each segment percent-encoded. */
  static String path(String key) {
    decoded("the key", key);
    Key.violation(key)
        .ifPresent(
            wrong -> {
              throw ClientException.usage("the key '" + key + "' " + wrong);
            });
    return encoded(key).replace("%2F", "/");
  }

  /**
   * The path at which a key is written.
   *
   * @param check whether the collection that the key is of checks the write; null: if it is one
   *     that every control plane has
   */
  static String written(String key, @Nullable Boolean check) {
    String path = path(key);
    boolean checked =
        check == null ? key.startsWith("/routes/") || key.startsWith("/upstreams/") : check;
    return checked ? path : "/kv" + path;
  }

  /** A prefix that keys can have, as it is. */
  static String prefix(String prefix) {
    if (!decoded("the prefix", prefix).startsWith("/")) {
      throw ClientException.usage(
          "the prefix '" + prefix + "': expected the beginning of a key, which starts with '/'");
    }
    return prefix;
  }

  /** A query parameter's value, or a part of a path. */
  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("%7E", "~");
  }

  /**
   * The text as it is, if it came whole: characters that the locale does not have are lost before
   * {@code main} sees them.
   */
  static String decoded(String what, String argument) {
    if (argument.indexOf('\uFFFD') >= 0) {
      throw ClientException.usage(
          what
              + " has characters that are lost in this locale; expected one with UTF-8, such as"
              + " LC_ALL=C.UTF-8"
              + (what.equals("the value") ? ", or the value as input" : ""));
    }
    return argument;
  }
}
