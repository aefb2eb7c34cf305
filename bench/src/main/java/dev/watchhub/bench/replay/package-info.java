/**
 * {@code bench replay}: what many keys and a long past cost: a hub's start, clients and hubs that
 * are far behind, large snapshots.
 */
@NullMarked
package dev.watchhub.bench.replay;

import org.jspecify.annotations.NullMarked;
