/** A reverse proxy that takes its routes from the configuration, while it serves. */
@NullMarked
package dev.watchhub.dataplane;

import org.jspecify.annotations.NullMarked;
