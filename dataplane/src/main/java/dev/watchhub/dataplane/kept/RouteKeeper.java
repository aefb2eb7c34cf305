package dev.watchhub.dataplane.kept;

import dev.watchhub.dataplane.routes.RouteImage;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is known to a file whenever it has changed, once a second at most, and no more than a
 * tenth of the time; and a last time when it ends.
 *
 * <p>Threading: the steps belong to one thread.
 */
public final class RouteKeeper implements Worker.Step {
  private static final Logger LOG = LoggerFactory.getLogger(RouteKeeper.class);
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);
  private static final int REST = 10; // times as long as the writing took

  private final RouteFile file;
  private final Supplier<RouteImage> images;
  private final LongSupplier nanoTime;

  // this thread only
  private @Nullable RouteImage written;
  private Duration pause = LEAST_PAUSE;
  private boolean failed;

  RouteKeeper(RouteFile file, Supplier<RouteImage> images, LongSupplier nanoTime) {
    this.file = file;
    this.images = images;
    this.nanoTime = nanoTime;
  }

  /**
   * Starts to keep.
   *
   * @param images what is known now
   * @return closed to write a last time and to end
   */
  public static Worker start(RouteFile file, Supplier<RouteImage> images, Faults faults) {
    return Worker.start("route-keeper", new RouteKeeper(file, images, System::nanoTime), faults);
  }

  /** What is in the file; {@link RouteImage#EMPTY} where there is none, or none to be used. */
  public static RouteImage restore(RouteFile file) {
    try {
      KeptRoutes kept = file.read().orElse(null);
      if (kept == null) {
        LOG.info("there is no file {} yet: the routes are known when they have been synced", file);
        return RouteImage.EMPTY;
      }
      RouteImage image = kept.image();
      LOG.info(
          "serving {} routes of {} from {} until they have been synced",
          image.table().routes().size(),
          kept.currentAt(),
          file);
      return image;
    } catch (IOException e) {
      LOG.error("the routes in {} are not used: it cannot be read: {}", file, e.toString());
    } catch (UnusableFileException e) {
      LOG.error("the routes in {} are not used: {}", file, e.getMessage());
    }
    return RouteImage.EMPTY;
  }

  /** Returns 0, so that the worker pauses after each writing. */
  @Override
  public int poll() {
    RouteImage image = images.get();
    if (image.isSynced() && !isWritten(image)) {
      long start = nanoTime.getAsLong();
      write(image);
      Duration rest = Duration.ofNanos((nanoTime.getAsLong() - start) * REST);
      pause = rest.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : rest;
    }
    return 0;
  }

  private boolean isWritten(RouteImage image) {
    RouteImage last = written;
    return last != null
        && last.snapshots() == image.snapshots()
        && last.commits() == image.commits();
  }

  private void write(RouteImage image) {
    try {
      file.write(KeptRoutes.of(image));
      written = image;
      if (failed) {
        failed = false;
        LOG.info("the routes are kept in {} again", file);
      }
    } catch (IOException | RuntimeException e) { // nothing that the routes should end for
      if (!failed) {
        failed = true;
        LOG.warn("the routes cannot be kept in {}; it is tried again: {}", file, e.toString());
      }
    }
  }

  @Override
  public Duration pause() {
    return pause;
  }

  /** With the time up to which it was current, also when nothing has changed. */
  @Override
  public void stop() {
    RouteImage image = images.get();
    if (image.isSynced()) {
      write(image);
    }
  }
}
