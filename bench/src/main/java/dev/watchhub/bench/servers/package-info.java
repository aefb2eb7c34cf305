/** The servers under test, each its own process: databases, hubs, data planes, etcd, nginx. */
@NullMarked
package dev.watchhub.bench.servers;

import org.jspecify.annotations.NullMarked;
