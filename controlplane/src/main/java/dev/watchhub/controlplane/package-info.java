/** The admin API: starts it, with its options. */
@NullMarked
package dev.watchhub.controlplane;

import org.jspecify.annotations.NullMarked;
