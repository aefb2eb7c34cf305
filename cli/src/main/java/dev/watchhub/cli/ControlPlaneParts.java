package dev.watchhub.cli;

import dev.watchhub.controlplane.ControlPlane;
import dev.watchhub.controlplane.ControlPlaneOptions;
import dev.watchhub.controlplane.api.ValueEncoding;
import dev.watchhub.controlplane.compaction.CompactionOptions;
import dev.watchhub.controlplane.typed.BadSchemaException;
import dev.watchhub.controlplane.typed.SchemaDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--retain",
      paramLabel = "TIME",
      converter = Lasting.class,
      defaultValue = "${env:WATCHHUB_RETAIN:-" + Option.NULL_VALUE + "}",
      description =
          "compact by itself: values that were replaced or deleted so long ago go, such as 7d"
              + " (default: they stay)")
  private @Nullable Duration retain;

  @Option(
      names = "--retain-revisions",
      paramLabel = "N",
      defaultValue = "${env:WATCHHUB_RETAIN_REVISIONS:-" + Option.NULL_VALUE + "}",
      description =
          "compact by itself: of each key the newest N revisions stay (default: all of them)")
  private @Nullable Long retainRevisions;

  @Option(
      names = "--tombstone-wait",
      paramLabel = "TIME",
      converter = Lasting.class,
      defaultValue = "${env:WATCHHUB_TOMBSTONE_WAIT:-1h}",
      description =
          "how much longer compaction leaves what somebody who follows has not seen"
              + " (default: ${DEFAULT-VALUE})")
  private Duration tombstoneWait = CompactionOptions.OFF.tombstoneWait();

  @Option(
      names = "--schemas",
      paramLabel = "DIR",
      defaultValue = "${env:WATCHHUB_SCHEMAS:-" + Option.NULL_VALUE + "}",
      description =
          "directory of JSON Schemas, each of which adds a collection: flags.json adds /flags")
  private @Nullable Path schemas;

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
              .withHubs(hubs)
              .withCompaction(compaction())
              .withMoreTypes(schemas == null ? List.of() : SchemaDirectory.read(schemas)));
    } catch (BadSchemaException e) {
      throw new UsageException("--schemas: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--max-value-bytes: " + e.getMessage());
    }
  }

  private CompactionOptions compaction() {
    if (retainRevisions != null && retainRevisions < 1) {
      throw new UsageException("--retain-revisions " + retainRevisions + ": expected 1 or more");
    }
    return new CompactionOptions(
        retain, retainRevisions, tombstoneWait, CompactionOptions.OFF.every());
  }
}
