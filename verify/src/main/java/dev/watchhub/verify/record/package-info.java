/** Clients of {@code GET /watch} that write down what they see. */
@NullMarked
package dev.watchhub.verify.record;

import org.jspecify.annotations.NullMarked;
