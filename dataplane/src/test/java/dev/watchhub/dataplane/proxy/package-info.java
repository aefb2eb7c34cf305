/** Tests of the package of the same name. */
@NullMarked
package dev.watchhub.dataplane.proxy;

import org.jspecify.annotations.NullMarked;
