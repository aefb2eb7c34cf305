@NullMarked
package dev.watchhub.verify;

import org.jspecify.annotations.NullMarked;
