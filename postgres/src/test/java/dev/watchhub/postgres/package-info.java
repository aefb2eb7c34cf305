/** Tests of the embedded PostgreSQL. */
@NullMarked
package dev.watchhub.postgres;

import org.jspecify.annotations.NullMarked;
