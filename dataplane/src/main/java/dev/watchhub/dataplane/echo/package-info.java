/** An upstream to try a proxy on: it answers with what it was asked, like httpbin. */
@NullMarked
package dev.watchhub.dataplane.echo;

import org.jspecify.annotations.NullMarked;
