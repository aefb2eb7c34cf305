@NullMarked
package dev.watchhub.hub.pgoutput;

import org.jspecify.annotations.NullMarked;
