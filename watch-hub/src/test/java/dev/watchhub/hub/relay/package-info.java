@NullMarked
package dev.watchhub.hub.relay;

import org.jspecify.annotations.NullMarked;
