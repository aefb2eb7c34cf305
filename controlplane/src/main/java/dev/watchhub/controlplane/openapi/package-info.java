/** The admin API's description for programs, and a page that shows it. */
@NullMarked
package dev.watchhub.controlplane.openapi;

import org.jspecify.annotations.NullMarked;
