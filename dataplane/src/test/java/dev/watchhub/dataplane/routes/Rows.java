package dev.watchhub.dataplane.routes;

import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of the configuration, written at {@link #CREATE_TIME}. */
public final class Rows {
  /** When every row was written, in ms since the epoch. */
  public static final long CREATE_TIME = 1_662_260_776_764L;

  private Rows() {}

  /** A row of {@code /routes/<id>} with any value. */
  public static Item row(String id, long revision, @Nullable String value) {
    return new Item("/routes/" + id, value, revision, revision, 1, CREATE_TIME, null, null);
  }

  /** A row that leads {@code uri} to {@code upstream}. */
  public static Item route(String id, long revision, String uri, String upstream) {
    return row(id, revision, "{\"uri\":\"%s\",\"upstream\":\"%s\"}".formatted(uri, upstream));
  }

  /** The deletion of {@code /routes/<id>}. */
  public static Item tombstone(String id, long revision) {
    return row(id, revision, null);
  }

  /** One transaction that wrote {@code rows}. */
  public static Commit commit(Item... rows) {
    List<Change> changes = Stream.of(rows).map(Change::of).toList();
    return new Commit(null, null, changes);
  }
}
