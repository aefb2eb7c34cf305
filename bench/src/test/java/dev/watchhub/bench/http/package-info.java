@NullMarked
package dev.watchhub.bench.http;

import org.jspecify.annotations.NullMarked;
