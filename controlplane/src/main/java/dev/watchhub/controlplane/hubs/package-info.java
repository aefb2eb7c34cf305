/** What hubs tell over HTTP. */
@NullMarked
package dev.watchhub.controlplane.hubs;

import org.jspecify.annotations.NullMarked;
