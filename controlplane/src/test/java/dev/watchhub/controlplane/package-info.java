@NullMarked
package dev.watchhub.controlplane;

import org.jspecify.annotations.NullMarked;
