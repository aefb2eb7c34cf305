/**
 * The configuration table: written by the SQL functions of its schema, read by them and by SELECT.
 */
@NullMarked
package dev.watchhub.controlplane.store;

import org.jspecify.annotations.NullMarked;
