package dev.watchhub.hub.replication;

/**
 * How the hub stands with its database.
 *
 * @param connected whether it reads from the slot now
 * @param detail for a person: what it reads, or why it does not
 */
public record LinkStatus(boolean connected, String detail) {}
