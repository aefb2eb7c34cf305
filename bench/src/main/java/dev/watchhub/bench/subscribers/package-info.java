/**
 * The load client for streams of events: thousands of connections in a process of its own, which
 * measures how late each event comes and whether one is missing.
 */
@NullMarked
package dev.watchhub.bench.subscribers;

import org.jspecify.annotations.NullMarked;
