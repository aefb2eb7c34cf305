/**
 * {@code bench proxy}: what the data plane forwards beside nginx, and while its routes change; how
 * soon a request takes a route that was written.
 */
@NullMarked
package dev.watchhub.bench.proxy;

import org.jspecify.annotations.NullMarked;
