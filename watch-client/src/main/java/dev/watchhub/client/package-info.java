/** Follows the configuration, through a hub or through LISTEN: one contract, two ways. */
@NullMarked
package dev.watchhub.client;

import org.jspecify.annotations.NullMarked;
