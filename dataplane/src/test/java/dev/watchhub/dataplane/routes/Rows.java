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

  /** A row with any key and value. */
  public static Item of(String key, long revision, @Nullable String value) {
    return new Item(key, value, revision, revision, 1, CREATE_TIME, null, null);
  }

  /** A row of {@code /routes/<id>} with any value. */
  public static Item row(String id, long revision, @Nullable String value) {
    return of("/routes/" + id, revision, value);
  }

  /** A row that leads {@code uri} to {@code upstream}. */
  public static Item route(String id, long revision, String uri, String upstream) {
    return row(id, revision, "{\"uri\":\"%s\",\"upstream\":\"%s\"}".formatted(uri, upstream));
  }

  /** The deletion of {@code /routes/<id>}. */
  public static Item tombstone(String id, long revision) {
    return row(id, revision, null);
  }

  /** A row of {@code /upstreams/<id>} with any value. */
  public static Item upstream(String id, long revision, @Nullable String value) {
    return of("/upstreams/" + id, revision, value);
  }

  /** A row that leads {@code uri} to an upstream that routes share. */
  public static Item referring(String id, long revision, String uri, String upstream) {
    return row(
        id, revision, "{\"uri\":\"%s\",\"upstream\":{\"ref\":\"%s\"}}".formatted(uri, upstream));
  }

  /** A row of an upstream with one node. */
  public static Item node(String id, long revision, String url) {
    return upstream(id, revision, "{\"nodes\":[{\"url\":\"%s\"}]}".formatted(url));
  }

  /** One transaction that wrote {@code rows}. */
  public static Commit commit(Item... rows) {
    List<Change> changes = Stream.of(rows).map(Change::of).toList();
    return new Commit(null, null, changes);
  }
}
