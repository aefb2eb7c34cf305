/** What the values of typed collections may be: JSON Schema, and what a schema cannot say. */
@NullMarked
package dev.watchhub.controlplane.typed;

import org.jspecify.annotations.NullMarked;
