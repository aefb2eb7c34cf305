@NullMarked
package dev.watchhub.bench.harness;

import org.jspecify.annotations.NullMarked;
