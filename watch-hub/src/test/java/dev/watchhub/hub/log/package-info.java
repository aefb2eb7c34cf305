@NullMarked
package dev.watchhub.hub.log;

import org.jspecify.annotations.NullMarked;
