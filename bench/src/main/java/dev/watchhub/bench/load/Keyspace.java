package dev.watchhub.bench.load;

/**
 * The keys that are written: 10,000 of them, ten under each of 1,000 prefixes. Immutable.
 *
 * <p>All lie under {@link #ROOT}, which is one channel for NOTIFY.
 */
public final class Keyspace {
  /** What all keys begin with. */
  public static final String ROOT = "/bench/";

  /** How many prefixes there are. */
  public static final int PREFIXES = 1_000;

  /** Characters of a value, all of them ASCII. */
  public static final int VALUE_LENGTH = 200;

  private static final int KEYS = 10_000;

  private static final String[] NAMES = names();

  private Keyspace() {}

  private static String[] names() {
    String[] names = new String[KEYS];
    for (int i = 0; i < KEYS; i++) {
      names[i] = prefix(i % PREFIXES) + i;
    }
    return names;
  }

  /** The prefix with this number, from 0. */
  public static String prefix(int number) {
    return ROOT + number + "/";
  }

  static int size() {
    return KEYS;
  }

  static String key(int number) {
    return NAMES[number];
  }
}
