/** What the benchmark's arms are made of: a store, who writes to it, and who watches it. */
@NullMarked
package dev.watchhub.bench.stores;

import org.jspecify.annotations.NullMarked;
