package dev.watchhub.bench.micro;

import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.log.Transaction;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Changes as they are written in the other benchmarks: keys of 20 characters, values of 200. */
public final class Samples {
  public static final String VALUE = "abcdefghijklmnopqrst".repeat(10);

  private static final long CLUSTER = 0x6a0c_1234_5678_9abcL;
  private static final long CREATED_MILLIS = 1_700_000_000_000L;
  private static final Instant COMMITTED = Instant.parse("2026-11-22T12:00:00.123456Z");

  private Samples() {}

  /** A position of one cluster and timeline. */
  public static Position position(long lsn) {
    return new Position(CLUSTER, 1, new Lsn(lsn));
  }

  /** The row of a put. */
  static Item item(String key, long revision) {
    return new Item(key, VALUE, revision, revision, 1, CREATED_MILLIS, null, null);
  }

  /** When the sample commits were made. */
  static Instant committedAt() {
    return COMMITTED;
  }

  /** A transaction that puts these keys. */
  public static Transaction transaction(long lsn, List<String> keys) {
    List<Row> rows = new ArrayList<>();
    for (String key : keys) {
      rows.add(new Row(item(key, lsn), 0, false));
    }
    return new Transaction(position(lsn), COMMITTED, lsn, rows);
  }
}
