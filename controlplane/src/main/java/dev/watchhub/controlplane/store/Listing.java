package dev.watchhub.controlplane.store;

import org.jspecify.annotations.Nullable;

/**
 * Which live keys a list is to have.
 *
 * @param prefix what they start with
 * @param asOf the revision up to which rows count; null for all
 * @param at what an earlier page of the list was read {@linkplain Page#at() at}; null for now
 * @param after the key after which to begin; null for the first
 * @param maxItems most items on the page
 * @param maxChars most characters on the page, in keys and values together
 */
public record Listing(
    String prefix,
    @Nullable Long asOf,
    @Nullable String at,
    @Nullable String after,
    int maxItems,
    long maxChars) {}
