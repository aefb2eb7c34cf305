/** Whole processes over real sockets, with real faults. */
@NullMarked
package dev.watchhub.e2e;

import org.jspecify.annotations.NullMarked;
