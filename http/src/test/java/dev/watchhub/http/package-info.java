@NullMarked
package dev.watchhub.http;

import org.jspecify.annotations.NullMarked;
