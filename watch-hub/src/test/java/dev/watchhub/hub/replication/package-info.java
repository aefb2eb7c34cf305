@NullMarked
package dev.watchhub.hub.replication;

import org.jspecify.annotations.NullMarked;
