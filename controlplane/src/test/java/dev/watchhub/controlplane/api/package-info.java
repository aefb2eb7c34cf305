@NullMarked
package dev.watchhub.controlplane.api;

import org.jspecify.annotations.NullMarked;
