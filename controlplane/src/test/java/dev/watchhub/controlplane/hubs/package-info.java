@NullMarked
package dev.watchhub.controlplane.hubs;

import org.jspecify.annotations.NullMarked;
