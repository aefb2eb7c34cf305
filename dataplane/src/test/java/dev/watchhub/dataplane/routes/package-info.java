/** Tests of the package of the same name. */
@NullMarked
package dev.watchhub.dataplane.routes;

import org.jspecify.annotations.NullMarked;
