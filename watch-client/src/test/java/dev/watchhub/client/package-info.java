@NullMarked
package dev.watchhub.client;

import org.jspecify.annotations.NullMarked;
