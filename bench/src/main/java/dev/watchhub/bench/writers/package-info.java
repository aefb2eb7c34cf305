/** {@code bench writers}: what watching costs those who write. */
@NullMarked
package dev.watchhub.bench.writers;

import org.jspecify.annotations.NullMarked;
