package dev.watchhub.controlplane.store;

import java.time.Duration;

/**
 * How to reach the configuration table.
 *
 * @param jdbcUrl {@code jdbc:postgresql:} with everything that is needed to log in; may be secret
 * @param schema where the table and its functions are
 * @param maxConnections most sessions held open, from 1
 * @param statementTimeout longest that one statement may take, compaction excepted; from 1 s
 * @param startWait longest that the start waits for a database that is not there yet
 */
public record StoreOptions(
    String jdbcUrl,
    String schema,
    int maxConnections,
    Duration statementTimeout,
    Duration startWait) {
  public StoreOptions {
    if (maxConnections < 1) {
      throw new IllegalArgumentException("at least one connection is needed: " + maxConnections);
    }
    if (statementTimeout.toMillis() < 1000) {
      throw new IllegalArgumentException("the statement timeout is under 1 s: " + statementTimeout);
    }
  }
}
