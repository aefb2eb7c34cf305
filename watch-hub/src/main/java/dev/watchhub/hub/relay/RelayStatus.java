package dev.watchhub.hub.relay;

/**
 * How the relay stands.
 *
 * @param state {@code relaying}, {@code idle}, {@code waiting} for another hub or for a
 *     transaction, or {@code off}
 * @param detail for a person
 * @param commits announced since the hub started
 * @param transactions that it took for them
 */
public record RelayStatus(String state, String detail, long commits, long transactions) {}
