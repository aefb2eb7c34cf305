/** The client: {@code ./watchhub put}, {@code get}, {@code watch} and the like. */
@NullMarked
package dev.watchhub.cli.client;

import org.jspecify.annotations.NullMarked;
