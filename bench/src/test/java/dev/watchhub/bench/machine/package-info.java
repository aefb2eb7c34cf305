@NullMarked
package dev.watchhub.bench.machine;

import org.jspecify.annotations.NullMarked;
