package dev.watchhub.dataplane.kept;

import dev.watchhub.dataplane.routes.RefusedRoute;
import dev.watchhub.dataplane.routes.Route;
import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.protocol.Item;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What is kept: the rows that are served, and what was refused.
 *
 * @param currentAt when that was last known to be what the database held
 * @param rows by key; {@code createTime} and the like are not kept and 0
 */
record KeptRoutes(Instant currentAt, List<Item> rows, List<RefusedRoute> refused) {
  /** Of an image that is known. */
  static KeptRoutes of(RouteImage image) {
    return new KeptRoutes(
        Objects.requireNonNull(image.currentAt(), "nothing is known yet"),
        image.table().routes().stream()
            .sorted(Comparator.comparing(Route::key))
            .map(KeptRoutes::row)
            .toList(),
        image.refused().stream().sorted(Comparator.comparing(RefusedRoute::key)).toList());
  }

  private static Item row(Route route) {
    return new Item(route.key(), route.value(), route.revision(), 0, 0, 0, null, null);
  }

  RouteImage image() {
    return RouteImage.restored(rows, refused, currentAt);
  }
}
