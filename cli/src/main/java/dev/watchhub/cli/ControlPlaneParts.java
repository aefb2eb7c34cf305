package dev.watchhub.cli;

import dev.watchhub.controlplane.ControlPlane;
import dev.watchhub.controlplane.ControlPlaneOptions;
import dev.watchhub.controlplane.api.ValueEncoding;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Option;

/** What a control plane is told on the command line. */
final class ControlPlaneParts {
  @Option(
      names = "--controlplane-port",
      paramLabel = "PORT",
      defaultValue = "${env:WATCHHUB_CONTROLPLANE_PORT:-9180}",
      description = "port of the admin API (default: ${DEFAULT-VALUE})")
  int port;

  @Option(
      names = "--value-encoding",
      paramLabel = "json|base64",
      defaultValue = "${env:WATCHHUB_VALUE_ENCODING:-json}",
      description =
          "how routes are stored; base64 for data planes of the demo that still listen"
              + " (default: ${DEFAULT-VALUE})")
  private ValueEncoding valueEncoding = ValueEncoding.JSON;

  @Option(
      names = "--max-value-bytes",
      paramLabel = "BYTES",
      defaultValue = "${env:WATCHHUB_MAX_VALUE_BYTES:-1048576}",
      description = "longest value that is taken (default: ${DEFAULT-VALUE})")
  private int maxValueBytes;

  /**
   * Starts a control plane over {@code jdbcUrl} and {@code schema}.
   *
   * @param hubs who is asked what nodes have applied, besides the database
   */
  ControlPlane start(ListenOptions listen, String jdbcUrl, String schema, List<URI> hubs) {
    try {
      return ControlPlane.start(
          ControlPlaneOptions.of(listen.address(port), jdbcUrl)
              .withSchema(schema)
              .withValues(valueEncoding, maxValueBytes)
              .withHubs(hubs));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--max-value-bytes: " + e.getMessage());
    }
  }
}
