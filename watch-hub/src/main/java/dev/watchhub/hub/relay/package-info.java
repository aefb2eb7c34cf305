/**
 * Announces the rows stamped {@code hub} by NOTIFY, for clients that LISTEN. A reader of the log
 * like any other, with a database session of its own.
 */
@NullMarked
package dev.watchhub.hub.relay;

import org.jspecify.annotations.NullMarked;
