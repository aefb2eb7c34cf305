@NullMarked
package dev.watchhub.bench.admin;

import org.jspecify.annotations.NullMarked;
