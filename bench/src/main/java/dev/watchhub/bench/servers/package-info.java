/** The servers under test, each its own process: databases, hubs, etcd. */
@NullMarked
package dev.watchhub.bench.servers;

import org.jspecify.annotations.NullMarked;
