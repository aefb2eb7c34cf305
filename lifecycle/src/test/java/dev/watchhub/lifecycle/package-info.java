@NullMarked
package dev.watchhub.lifecycle;

import org.jspecify.annotations.NullMarked;
