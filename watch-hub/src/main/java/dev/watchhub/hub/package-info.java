/** The watch-hub: follows one table through a replication slot and serves any number of watches. */
@NullMarked
package dev.watchhub.hub;

import org.jspecify.annotations.NullMarked;
