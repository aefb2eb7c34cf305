/**
 * Fills the log from PostgreSQL: the slot and its stream, the load of the table, the heartbeat. All
 * JDBC of the hub is here.
 */
@NullMarked
package dev.watchhub.hub.replication;

import org.jspecify.annotations.NullMarked;
