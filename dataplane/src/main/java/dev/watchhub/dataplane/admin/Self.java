package dev.watchhub.dataplane.admin;

import java.time.Instant;

/**
 * What a data plane knows of itself.
 *
 * @param node its name
 * @param version of its program
 * @param startedAt when it was started
 */
public record Self(String node, String version, Instant startedAt) {}
