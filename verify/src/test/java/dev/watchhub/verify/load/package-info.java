@NullMarked
package dev.watchhub.verify.load;

import org.jspecify.annotations.NullMarked;
