/** The data plane in figures. */
@NullMarked
package dev.watchhub.dataplane.metrics;

import org.jspecify.annotations.NullMarked;
