/** What the machine is, and what else it did while something was measured. */
@NullMarked
package dev.watchhub.bench.machine;

import org.jspecify.annotations.NullMarked;
