/** The load: the same puts for every store, and the count of what came of them. */
@NullMarked
package dev.watchhub.bench.load;

import org.jspecify.annotations.NullMarked;
