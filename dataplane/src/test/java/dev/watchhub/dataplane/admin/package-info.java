/** Tests of the package of the same name. */
@NullMarked
package dev.watchhub.dataplane.admin;

import org.jspecify.annotations.NullMarked;
