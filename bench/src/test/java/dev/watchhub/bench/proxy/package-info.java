@NullMarked
package dev.watchhub.bench.proxy;

import org.jspecify.annotations.NullMarked;
