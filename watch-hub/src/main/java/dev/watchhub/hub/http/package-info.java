/** The hub's HTTP interface: the watch on Jetty's core, everything else on Javalin. */
@NullMarked
package dev.watchhub.hub.http;

import org.jspecify.annotations.NullMarked;
