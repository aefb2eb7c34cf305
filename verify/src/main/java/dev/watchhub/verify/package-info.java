/**
 * What a watch promises, and the check of it: recorded histories against a truth from elsewhere.
 * Knows nothing of HTTP and JDBC.
 */
@NullMarked
package dev.watchhub.verify;

import org.jspecify.annotations.NullMarked;
