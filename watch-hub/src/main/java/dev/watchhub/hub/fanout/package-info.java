/**
 * Copies commits from the shared log to every subscriber. Knows the log and the frames; knows
 * nothing of HTTP beyond {@link Sink}.
 */
@NullMarked
package dev.watchhub.hub.fanout;

import org.jspecify.annotations.NullMarked;
