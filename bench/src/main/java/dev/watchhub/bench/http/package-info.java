/** Requests over connections that are kept, for as little of the machine as may be. */
@NullMarked
package dev.watchhub.bench.http;

import org.jspecify.annotations.NullMarked;
