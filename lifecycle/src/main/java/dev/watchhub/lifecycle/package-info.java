/** Threads that are owned, stopped and retried; no subject of its own beyond that. */
@NullMarked
package dev.watchhub.lifecycle;

import org.jspecify.annotations.NullMarked;
