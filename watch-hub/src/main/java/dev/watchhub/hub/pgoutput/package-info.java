/** The messages of PostgreSQL's {@code pgoutput} plugin, protocol version 1. Knows only bytes. */
@NullMarked
package dev.watchhub.hub.pgoutput;

import org.jspecify.annotations.NullMarked;
