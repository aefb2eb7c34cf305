/** What a data plane keeps in a file, so that it can start when hub and database are away. */
@NullMarked
package dev.watchhub.dataplane.kept;

import org.jspecify.annotations.NullMarked;
