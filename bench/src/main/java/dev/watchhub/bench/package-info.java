/** The command line of the benchmark: {@code ./watchhub bench}. */
@NullMarked
package dev.watchhub.bench;

import org.jspecify.annotations.NullMarked;
