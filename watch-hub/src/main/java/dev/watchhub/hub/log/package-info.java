/**
 * The state that the hub serves: the image of all keys, and the last commits. One thread writes,
 * any thread reads. Knows nothing of where commits come from, or where they go.
 */
@NullMarked
package dev.watchhub.hub.log;

import org.jspecify.annotations.NullMarked;
