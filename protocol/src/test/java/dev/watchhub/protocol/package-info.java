@NullMarked
package dev.watchhub.protocol;

import org.jspecify.annotations.NullMarked;
