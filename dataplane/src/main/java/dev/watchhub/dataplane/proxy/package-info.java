/** The proxied port: finds the route of a request and forwards it. */
@NullMarked
package dev.watchhub.dataplane.proxy;

import org.jspecify.annotations.NullMarked;
