/** How things are measured beside each other: arms, cases, interleaved rounds. */
@NullMarked
package dev.watchhub.bench.harness;

import org.jspecify.annotations.NullMarked;
