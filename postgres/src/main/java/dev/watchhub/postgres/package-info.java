/** An embedded PostgreSQL for {@code ./watchhub up} and for tests. */
@NullMarked
package dev.watchhub.postgres;

import org.jspecify.annotations.NullMarked;
