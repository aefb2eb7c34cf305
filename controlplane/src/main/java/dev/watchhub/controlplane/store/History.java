package dev.watchhub.controlplane.store;

import java.util.List;

/**
 * Rows of a key, the newest first, as many as were asked for or fitted.
 *
 * @param more whether there are older ones
 * @param compacted whether compaction took the ones before the last of these
 */
public record History(List<Revision> revisions, boolean more, boolean compacted) {
  public History {
    revisions = List.copyOf(revisions);
  }
}
