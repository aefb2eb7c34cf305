package dev.watchhub.controlplane.api;

/**
 * A value as it goes into the table.
 *
 * @param refers whether it refers to another key
 */
record StoredValue(String text, boolean refers) {}
