package dev.watchhub.dataplane.kept;

import dev.watchhub.dataplane.routes.RefusedValue;
import dev.watchhub.dataplane.routes.Route;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.dataplane.routes.SharedUpstream;
import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What is kept: the rows that are served, and what was refused.
 *
 * @param currentAt when that was last known to be what the database held
 * @param rows of routes, by key, and then of upstreams; {@code createTime} and the like are not
 *     kept and 0
 */
record KeptRoutes(Instant currentAt, List<Item> rows, List<RefusedValue> refused) {
  /** Of an image that is known. */
  static KeptRoutes of(RouteImage image) {
    return new KeptRoutes(
        Objects.requireNonNull(image.currentAt(), "nothing is known yet"),
        Stream.concat(
                image.table().routes().stream()
                    .sorted(Comparator.comparing(Route::key))
                    .map(route -> row(route.key(), route.value(), route.revision())),
                image.upstreams().upstreams().stream()
                    .sorted(Comparator.comparing(SharedUpstream::key))
                    .map(one -> row(one.key(), one.value(), one.revision())))
            .toList(),
        image.refused().stream().sorted(Comparator.comparing(RefusedValue::key)).toList());
  }

  private static Item row(String key, String value, long revision) {
    return new Item(key, value, revision, 0, 0, 0, null, null);
  }

  RouteImage image() {
    return RouteImage.restored(rows, refused, currentAt);
  }
}
