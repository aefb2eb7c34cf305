/** What the tests of several modules use. */
@NullMarked
package dev.watchhub.testkit;

import org.jspecify.annotations.NullMarked;
