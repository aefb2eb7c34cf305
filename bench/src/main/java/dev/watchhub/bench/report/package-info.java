/** What a run came to: tables, JSON, charts, and the figures that were to be reached. */
@NullMarked
package dev.watchhub.bench.report;

import org.jspecify.annotations.NullMarked;
