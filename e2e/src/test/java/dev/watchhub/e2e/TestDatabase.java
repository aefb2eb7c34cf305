package dev.watchhub.e2e;

import dev.watchhub.postgres.PostgresServer;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The database of a test, the one place where it comes from: the embedded PostgreSQL, or with
 * {@code -Dwatchhub.test.database=testcontainers[:VERSION]} one in a container.
 */
interface TestDatabase extends AutoCloseable {
  /** Its address, for the role {@code postgres}. */
  String jdbcUrl();

  /** Kills the server, so that it has no time to say goodbye. */
  void crash();

  /** Starts it again at the same address, with the data it had. */
  void restart();

  @Override
  void close();

  /** Starts a server that no other test uses. */
  static TestDatabase start() {
    String wanted = System.getProperty("watchhub.test.database", "embedded");
    if (wanted.equals("embedded")) {
      return new Embedded(PostgresServer.temporary(Map.of()));
    }
    if (wanted.equals("testcontainers") || wanted.startsWith("testcontainers:")) {
      String version = wanted.substring(Math.min(wanted.length(), "testcontainers:".length()));
      return Container.start(version.isEmpty() ? "18" : version);
    }
    throw new IllegalArgumentException(
        "watchhub.test.database is '"
            + wanted
            + "'; expected embedded, testcontainers or testcontainers:VERSION");
  }

  /** The one that {@code ./watchhub up} runs too. */
  record Embedded(PostgresServer server) implements TestDatabase {
    @Override
    public String jdbcUrl() {
      return server.jdbcUrl();
    }

    @Override
    public void crash() {
      server.crash();
    }

    @Override
    public void restart() {
      server.restart();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** One of Docker's. */
  record Container(PostgreSQLContainer container, String jdbcUrl) implements TestDatabase {
    static TestDatabase start(String version) {
      if (!DockerClientFactory.instance().isDockerAvailable()) {
        throw new IllegalStateException(
            "watchhub.test.database asks for testcontainers, and there is no Docker; without the"
                + " property the tests run on the embedded PostgreSQL");
      }
      int port = Ports.free().database(); // a fixed one: a restart must not move it
      PostgreSQLContainer container =
          new PostgreSQLContainer("postgres:" + version)
              .withUsername("postgres")
              .withPassword("postgres")
              .withDatabaseName("postgres")
              .withCommand("postgres", "-c", "wal_level=logical");
      container.setPortBindings(List.of("127.0.0.1:" + port + ":5432"));
      container.start();
      return new Container(
          container,
          "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&password=postgres");
    }

    @Override
    public void crash() {
      container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void restart() {
      container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void close() {
      container.stop();
    }
  }
}
