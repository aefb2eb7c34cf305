/** What nodes say they have applied. */
@NullMarked
package dev.watchhub.hub.nodes;

import org.jspecify.annotations.NullMarked;
