/** The admin port: what a data plane tells about itself. */
@NullMarked
package dev.watchhub.dataplane.admin;

import org.jspecify.annotations.NullMarked;
