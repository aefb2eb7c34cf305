/** {@code bench latency}: how soon a watcher has what was put. */
@NullMarked
package dev.watchhub.bench.latency;

import org.jspecify.annotations.NullMarked;
