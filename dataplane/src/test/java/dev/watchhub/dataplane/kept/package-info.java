/** Tests of what is kept in a file. */
@NullMarked
package dev.watchhub.dataplane.kept;

import org.jspecify.annotations.NullMarked;
