@NullMarked
package dev.watchhub.hub;

import org.jspecify.annotations.NullMarked;
