/** Load on a hub and its database, with the recordings and the truth to judge it by. */
@NullMarked
package dev.watchhub.verify.load;

import org.jspecify.annotations.NullMarked;
