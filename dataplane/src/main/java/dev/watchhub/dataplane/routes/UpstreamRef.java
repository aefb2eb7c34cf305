package dev.watchhub.dataplane.routes;

/**
 * A reference to an upstream that routes share.
 *
 * @param key such as {@code /upstreams/users}
 */
public record UpstreamRef(String key) implements Destination {
  /** What the keys of upstreams start with. */
  public static final String KEY_PREFIX = "/upstreams/";

  /** Whether {@code key} is that of an upstream. */
  public static boolean isUpstream(String key) {
    return key.startsWith(KEY_PREFIX);
  }

  /** What a route calls it: its key without the prefix. */
  public String name() {
    return key.substring(KEY_PREFIX.length());
  }

  @Override
  public String text() {
    return key;
  }
}
