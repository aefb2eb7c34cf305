@NullMarked
package dev.watchhub.bench.subscribers;

import org.jspecify.annotations.NullMarked;
