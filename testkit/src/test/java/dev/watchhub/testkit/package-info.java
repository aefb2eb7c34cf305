/** Tests of the test tools. */
@NullMarked
package dev.watchhub.testkit;

import org.jspecify.annotations.NullMarked;
