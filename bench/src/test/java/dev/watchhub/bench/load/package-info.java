@NullMarked
package dev.watchhub.bench.load;

import org.jspecify.annotations.NullMarked;
