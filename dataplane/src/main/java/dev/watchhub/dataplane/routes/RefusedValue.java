package dev.watchhub.dataplane.routes;

/**
 * What is in the database and is not applied: a value that is no route or no upstream, a route to
 * an upstream that is not known, or the deletion of an upstream that a route refers to.
 *
 * @param revision of the refused row; where it is not known, of the one that stays
 * @param reason names the field and what was expected; quotes nothing of the value but keys
 */
public record RefusedValue(String key, long revision, String reason) {}
