@NullMarked
package dev.watchhub.controlplane.compaction;

import org.jspecify.annotations.NullMarked;
