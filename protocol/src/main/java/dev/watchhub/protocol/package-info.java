/**
 * What the hub and its clients say to each other: positions, items, changes, commits, filters,
 * their JSON and their server-sent events. Knows nothing of HTTP and JDBC.
 */
@NullMarked
package dev.watchhub.protocol;

import org.jspecify.annotations.NullMarked;
