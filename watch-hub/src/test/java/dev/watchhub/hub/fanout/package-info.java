@NullMarked
package dev.watchhub.hub.fanout;

import org.jspecify.annotations.NullMarked;
