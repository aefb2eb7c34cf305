@NullMarked
package dev.watchhub.verify.record;

import org.jspecify.annotations.NullMarked;
