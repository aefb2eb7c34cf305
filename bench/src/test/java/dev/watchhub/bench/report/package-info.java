@NullMarked
package dev.watchhub.bench.report;

import org.jspecify.annotations.NullMarked;
