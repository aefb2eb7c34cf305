@NullMarked
package dev.watchhub.bench.fanout;

import org.jspecify.annotations.NullMarked;
