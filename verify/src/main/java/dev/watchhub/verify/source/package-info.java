/** What was committed, read from the database itself: from a slot of its own, or from the table. */
@NullMarked
package dev.watchhub.verify.source;

import org.jspecify.annotations.NullMarked;
