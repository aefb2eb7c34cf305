/** What every HTTP server here shares: where it listens, how it starts, and how it says no. */
@NullMarked
package dev.watchhub.http;

import org.jspecify.annotations.NullMarked;
