/** Tests of the package of the same name. */
@NullMarked
package dev.watchhub.dataplane.echo;

import org.jspecify.annotations.NullMarked;
