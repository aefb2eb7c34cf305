package dev.watchhub.controlplane.store;

/**
 * A route that names an upstream.
 *
 * @param key of the route
 * @param upstream key of the upstream
 */
public record Reference(String key, String upstream) {}
