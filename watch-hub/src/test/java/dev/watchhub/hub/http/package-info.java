@NullMarked
package dev.watchhub.hub.http;

import org.jspecify.annotations.NullMarked;
