package dev.watchhub.cli;

import dev.watchhub.client.WatchBackends;
import dev.watchhub.dataplane.DataPlane;
import dev.watchhub.dataplane.echo.EchoServer;
import dev.watchhub.hub.WatchHub;
import dev.watchhub.lifecycle.Resources;
import dev.watchhub.postgres.PostgresOptions;
import dev.watchhub.postgres.PostgresServer;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./watchhub up}: runs everything. */
@Command(
    name = "up",
    description = {
      "Runs everything: a PostgreSQL of its own, hub, control plane, data plane, and an upstream"
          + " that echoes.",
      "Ends its start-up with the line 'ready'. Ctrl-C stops it; the data stays."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Mixin private final ListenOptions listen = new ListenOptions();
  @Mixin private final HubParts hubParts = new HubParts();
  @Mixin private final ControlPlaneParts controlPlaneParts = new ControlPlaneParts();
  @Mixin private final DataPlaneParts dataPlaneParts = new DataPlaneParts();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      defaultValue = "${env:WATCHHUB_DATA_DIR:-data}",
      description = "where the embedded PostgreSQL keeps its data (default: ./${DEFAULT-VALUE})")
  private Path dataDir = Path.of("data");

  @Option(
      names = "--database-port",
      paramLabel = "PORT",
      defaultValue = "${env:WATCHHUB_DATABASE_PORT:-9432}",
      description = "port of the embedded PostgreSQL (default: ${DEFAULT-VALUE})")
  private int databasePort;

  @Option(
      names = "--echo-port",
      paramLabel = "PORT",
      defaultValue = "${env:WATCHHUB_ECHO_PORT:-9380}",
      description = "port of the upstream that echoes (default: ${DEFAULT-VALUE})")
  private int echoPort;

  @Option(
      names = "--jdbc-url",
      paramLabel = "URL",
      defaultValue = "${env:WATCHHUB_JDBC_URL:-" + Option.NULL_VALUE + "}",
      description = "use this database, PostgreSQL 15 or newer, and start none")
  private @Nullable String jdbcUrl;

  @Option(
      names = "--schema",
      defaultValue = "${env:WATCHHUB_SCHEMA:-public}",
      description = "schema of the table config (default: ${DEFAULT-VALUE})")
  private String schema = "public";

  @Override
  public Integer call() {
    return Running.untilStopped(this::start);
  }

  private void start(Resources owned, Running running) {
    listen.address(hubParts.port); // refused before anything is begun
    String url = database(owned);
    running.checkpoint();
    install(url);
    running.checkpoint();
    EchoServer echo = owned.own(EchoServer.start(listen.loopback(echoPort)));
    WatchHub hub = owned.own(hubParts.start(listen, url, schema, running));
    running.checkpoint();
    URI hubUrl = URI.create("http://" + listen.reachable(hub.port()));
    owned.own(controlPlaneParts.start(listen, url, schema, List.of(hubUrl)));
    WatchBackends backends = new WatchBackends(hubUrl, url, schema, DataPlane.KEY_PREFIXES);
    DataPlane plane = owned.own(dataPlaneParts.start(listen, backends, dataDir, running));
    running.await(() -> hub.isReady() && plane.isReady());
    print(url, echo);
  }

  /** A schema that this creates is announced by the hub; one that was there stays as it is. */
  private void install(String url) {
    if (!InstallCommand.install(url, schema).created()) {
      return;
    }
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement statement =
            connection.prepareStatement("SELECT \"" + schema + "\".notify_mode('hub')")) {
      statement.execute();
    } catch (SQLException e) {
      throw new UsageException("the notify mode cannot be set: " + e.getMessage());
    }
  }

  private String database(Resources owned) {
    if (jdbcUrl != null) {
      DatabaseOptions given = new DatabaseOptions();
      given.jdbcUrl = jdbcUrl;
      return given.checkedUrl();
    }
    int port = listen.loopback(databasePort).port();
    return owned.own(PostgresServer.start(PostgresOptions.of(dataDir, port))).jdbcUrl();
  }

  private void print(String url, EchoServer echo) {
    String control = "http://" + listen.address(controlPlaneParts.port);
    String data = "http://" + listen.address(dataPlaneParts.port);
    String hub = "http://" + listen.address(hubParts.port);
    String upstream = "http://127.0.0.1:" + echo.port();
    System.out.printf(
        """
        database      %s
        hub           %s
        control plane %s
        data plane    %s  (admin http://%s)
        echo upstream %s

        try:
          curl -N '%s/watch?prefix=/routes/'
          curl -X PUT %s/routes/foo -d '{"uri":"/get","upstream":"%s"}'
          curl %s/get
          curl %s/routes/foo
          curl -X DELETE %s/routes/foo

        ready
        """,
        jdbcUrl == null ? url : DatabaseOptions.withoutParameters(url),
        hub,
        control,
        data,
        listen.loopback(dataPlaneParts.adminPort),
        upstream,
        hub,
        control,
        upstream,
        data,
        control,
        control);
    System.out.flush();
  }
}
