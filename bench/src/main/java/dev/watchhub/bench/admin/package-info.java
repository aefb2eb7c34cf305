/**
 * {@code bench admin}: what the control plane costs those who write, beside the same writes by SQL;
 * and how long reads of a long past take.
 */
@NullMarked
package dev.watchhub.bench.admin;

import org.jspecify.annotations.NullMarked;
