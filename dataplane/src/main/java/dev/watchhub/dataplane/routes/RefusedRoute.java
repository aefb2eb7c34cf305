package dev.watchhub.dataplane.routes;

/**
 * A value that is in the database and is no route.
 *
 * @param revision of the refused row
 * @param reason names the field and what was expected; quotes nothing of the value
 */
public record RefusedRoute(String key, long revision, String reason) {}
