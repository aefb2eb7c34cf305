/** {@code bench jmh}: the parts of the hub that are passed for every change, one by one. */
@NullMarked
package dev.watchhub.bench.micro;

import org.jspecify.annotations.NullMarked;
