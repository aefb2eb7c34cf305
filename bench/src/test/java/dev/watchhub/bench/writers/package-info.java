@NullMarked
package dev.watchhub.bench.writers;

import org.jspecify.annotations.NullMarked;
