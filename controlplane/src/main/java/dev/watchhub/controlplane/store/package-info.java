/** The configuration table, through the SQL functions of its schema and nothing else. */
@NullMarked
package dev.watchhub.controlplane.store;

import org.jspecify.annotations.NullMarked;
