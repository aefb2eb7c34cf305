package dev.watchhub.controlplane;

import dev.watchhub.controlplane.api.ValueEncoding;
import dev.watchhub.controlplane.compaction.CompactionOptions;
import dev.watchhub.controlplane.typed.CollectionType;
import dev.watchhub.http.ListenAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a control plane runs.
 *
 * @param listen where the admin API listens
 * @param jdbcUrl {@code jdbc:postgresql:} with everything that is needed to log in
 * @param schema where the configuration table is
 * @param valueEncoding how values of typed collections are written
 * @param maxValueBytes longest value, in bytes of UTF-8, from 1 to 64 MiB
 * @param maxConnections most sessions that it holds at the database
 * @param statementTimeout longest that one statement may take, compaction excepted; from 1 s
 * @param databaseWait longest that the start waits for a database that is not there yet
 * @param hubs who is asked what nodes have applied, besides the database
 * @param compaction what is compacted by itself
 * @param types the typed collections
 */
public record ControlPlaneOptions(
    ListenAddress listen,
    String jdbcUrl,
    String schema,
    ValueEncoding valueEncoding,
    int maxValueBytes,
    int maxConnections,
    Duration statementTimeout,
    Duration databaseWait,
    List<URI> hubs,
    CompactionOptions compaction,
    List<CollectionType> types) {
  /** Longest value unless told otherwise: 1 MiB. */
  public static final int DEFAULT_MAX_VALUE_BYTES = 1 << 20;

  private static final int GREATEST_MAX_VALUE_BYTES = 64 << 20;

  public ControlPlaneOptions {
    hubs = List.copyOf(hubs);
    types = List.copyOf(types);
    if (maxValueBytes < 1 || maxValueBytes > GREATEST_MAX_VALUE_BYTES) {
      throw new IllegalArgumentException(
          "the longest value is " + maxValueBytes + " bytes; expected 1 byte to 64 MiB");
    }
  }

  /** The usual options: schema {@code public}, JSON, values up to 1 MiB. */
  public static ControlPlaneOptions of(ListenAddress listen, String jdbcUrl) {
    return new ControlPlaneOptions(
        listen,
        jdbcUrl,
        "public",
        ValueEncoding.JSON,
        DEFAULT_MAX_VALUE_BYTES,
        10,
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        List.of(),
        CompactionOptions.OFF,
        List.of(CollectionType.ROUTES, CollectionType.UPSTREAMS));
  }

  /** The same with another schema. */
  public ControlPlaneOptions withSchema(String other) {
    return new ControlPlaneOptions(
        listen,
        jdbcUrl,
        other,
        valueEncoding,
        maxValueBytes,
        maxConnections,
        statementTimeout,
        databaseWait,
        hubs,
        compaction,
        types);
  }

  /** The same with another way to write values, and another limit on their length. */
  public ControlPlaneOptions withValues(ValueEncoding otherEncoding, int otherMaxBytes) {
    return new ControlPlaneOptions(
        listen,
        jdbcUrl,
        schema,
        otherEncoding,
        otherMaxBytes,
        maxConnections,
        statementTimeout,
        databaseWait,
        hubs,
        compaction,
        types);
  }

  /** The same with hubs to ask. */
  public ControlPlaneOptions withHubs(List<URI> otherHubs) {
    return new ControlPlaneOptions(
        listen,
        jdbcUrl,
        schema,
        valueEncoding,
        maxValueBytes,
        maxConnections,
        statementTimeout,
        databaseWait,
        otherHubs,
        compaction,
        types);
  }

  /** The same, compacting by itself. */
  public ControlPlaneOptions withCompaction(CompactionOptions other) {
    return new ControlPlaneOptions(
        listen,
        jdbcUrl,
        schema,
        valueEncoding,
        maxValueBytes,
        maxConnections,
        statementTimeout,
        databaseWait,
        hubs,
        other,
        types);
  }

  /** The same with more typed collections. */
  public ControlPlaneOptions withMoreTypes(List<CollectionType> more) {
    return new ControlPlaneOptions(
        listen,
        jdbcUrl,
        schema,
        valueEncoding,
        maxValueBytes,
        maxConnections,
        statementTimeout,
        databaseWait,
        hubs,
        compaction,
        Stream.concat(types.stream(), more.stream()).toList());
  }
}
