/**
 * {@code bench fanout}: how soon an event reaches thousands of subscribers, and how many events a
 * second, beside nginx with nchan.
 */
@NullMarked
package dev.watchhub.bench.fanout;

import org.jspecify.annotations.NullMarked;
