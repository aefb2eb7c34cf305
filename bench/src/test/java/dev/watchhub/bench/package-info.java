@NullMarked
package dev.watchhub.bench;

import org.jspecify.annotations.NullMarked;
