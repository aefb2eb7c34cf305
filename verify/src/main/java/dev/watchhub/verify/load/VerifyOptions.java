package dev.watchhub.verify.load;

import java.net.URI;

/**
 * What a {@link Verification} does.
 *
 * @param hub base URL of the hub
 * @param jdbcUrl of its database, the primary
 * @param schema of the table {@code config}
 * @param writers threads that write, from 0
 * @param watchers clients at a time, from 1; every other one is short
 * @param seed of everything that is drawn
 * @param throughOutages whether it goes on when hub or database are away; else that ends it
 * @param compaction whether history is compacted now and then, that of its own keys only
 */
public record VerifyOptions(
    URI hub,
    String jdbcUrl,
    String schema,
    int writers,
    int watchers,
    long seed,
    boolean throughOutages,
    boolean compaction) {
  public VerifyOptions {
    if (writers < 0 || watchers < 1) {
      throw new IllegalArgumentException(writers + " writers and " + watchers + " watchers");
    }
  }

  /** 8 writers and 8 watchers in the schema {@code public}, with compaction. */
  public static VerifyOptions of(URI hub, String jdbcUrl) {
    return new VerifyOptions(hub, jdbcUrl, "public", 8, 8, 1, false, true);
  }

  /** The same in another schema. */
  public VerifyOptions withSchema(String other) {
    return new VerifyOptions(
        hub, jdbcUrl, other, writers, watchers, seed, throughOutages, compaction);
  }

  /** The same with so many writers and watchers. */
  public VerifyOptions withLoad(int writing, int watching) {
    return new VerifyOptions(
        hub, jdbcUrl, schema, writing, watching, seed, throughOutages, compaction);
  }

  /** The same with another seed. */
  public VerifyOptions withSeed(long other) {
    return new VerifyOptions(
        hub, jdbcUrl, schema, writers, watchers, other, throughOutages, compaction);
  }

  /** The same, going on when hub or database are away. */
  public VerifyOptions throughAllOutages() {
    return new VerifyOptions(hub, jdbcUrl, schema, writers, watchers, seed, true, compaction);
  }

  /** The same without compaction. */
  public VerifyOptions withoutCompaction() {
    return new VerifyOptions(hub, jdbcUrl, schema, writers, watchers, seed, throughOutages, false);
  }
}
