/** The schema of a configuration database, as numbered files with their installer. */
@NullMarked
package dev.watchhub.sql;

import org.jspecify.annotations.NullMarked;
