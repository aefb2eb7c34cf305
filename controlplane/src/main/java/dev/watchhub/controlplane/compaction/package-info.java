/** Removes old rows in the background, a step at a time. */
@NullMarked
package dev.watchhub.controlplane.compaction;

import org.jspecify.annotations.NullMarked;
