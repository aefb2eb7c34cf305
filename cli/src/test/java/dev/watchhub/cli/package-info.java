@NullMarked
package dev.watchhub.cli;

import org.jspecify.annotations.NullMarked;
