/** Tests of the data plane as a whole, and what they share. */
@NullMarked
package dev.watchhub.dataplane;

import org.jspecify.annotations.NullMarked;
