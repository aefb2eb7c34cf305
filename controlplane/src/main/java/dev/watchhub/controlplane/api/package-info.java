/** The calls of the admin API: what they take, what they refuse, how they answer. */
@NullMarked
package dev.watchhub.controlplane.api;

import org.jspecify.annotations.NullMarked;
