package dev.watchhub.cli;

import picocli.CommandLine.Option;

/** Which database, and where in it. */
final class DatabaseOptions {
  /** The embedded one of {@code ./watchhub up}. */
  static final String DEFAULT_URL = "jdbc:postgresql://127.0.0.1:9432/postgres?user=postgres";

  @Option(
      names = "--jdbc-url",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_JDBC_URL:-" + DEFAULT_URL + "}",
      description = "the database, PostgreSQL 15 or newer (default: ${DEFAULT-VALUE})")
  String jdbcUrl = "";

  @Option(
      names = "--schema",
      defaultValue = "${env:WATCHHUB_SCHEMA:-public}",
      description = "schema of the table config (default: ${DEFAULT-VALUE})")
  String schema = "public";

  /** The URL, once it is known to be one. */
  String checkedUrl() {
    check(jdbcUrl);
    return jdbcUrl;
  }

  /**
   * Makes sure that this is a URL of a database.
   *
   * @throws UsageException if it is none
   */
  static void check(String jdbcUrl) {
    if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
      throw new UsageException(
          "--jdbc-url '"
              + withoutParameters(jdbcUrl)
              + "': expected jdbc:postgresql://HOST:PORT/DATABASE?user=NAME");
    }
  }

  /** The URL as it may be shown: its parameters may hold a password. */
  static String withoutParameters(String jdbcUrl) {
    return jdbcUrl.split("\\?", 2)[0];
  }
}
