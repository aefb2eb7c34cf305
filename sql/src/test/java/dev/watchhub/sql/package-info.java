/** Tests of the schema against a real server. */
@NullMarked
package dev.watchhub.sql;

import org.jspecify.annotations.NullMarked;
