package dev.watchhub.hub.replication;

import dev.watchhub.hub.pgoutput.PgOutputDecoder;
import dev.watchhub.lifecycle.Faults;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Lsn;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * A slot that is being read, with the heartbeat beside it.
 *
 * <p>Threading: one thread reads and closes.
 */
final class Link implements AutoCloseable {
  private static final int STATUS_SECONDS = 1; // well under half of any wal_sender_timeout

  private static final String UNDEFINED_OBJECT = "42704";

  private final PGReplicationStream stream;
  private final Worker heartbeat;
  private final TransactionAssembler assembler = new TransactionAssembler();

  /** The identity of the server, for the positions of what is read. */
  final ServerIdentity server;

  /** Own heartbeats with a higher number were sent after the link stood. */
  final long heartbeatsBefore;

  private Link(
      PGReplicationStream stream, Worker heartbeat, ServerIdentity server, long heartbeatsBefore) {
    this.stream = stream;
    this.heartbeat = heartbeat;
    this.server = server;
    this.heartbeatsBefore = heartbeatsBefore;
  }

  /**
   * Starts the stream.
   *
   * @param from the first commit sent starts here or later
   * @param heartbeatsBefore number of the newest heartbeat sent so far
   * @param heartbeat started once the stream stands; closed with the link
   */
  static Link start(
      PGConnection replication,
      Source source,
      Lsn from,
      ServerIdentity server,
      long heartbeatsBefore,
      Heartbeat heartbeat,
      Faults faults)
      throws SQLException {
    PGReplicationStream stream =
        replication
            .getReplicationAPI()
            .replicationStream()
            .logical()
            .withSlotName(source.slot())
            .withStartPosition(LogSequenceNumber.valueOf(from.value()))
            .withSlotOption("proto_version", "1")
            .withSlotOption("publication_names", source.publication())
            .withSlotOption("messages", "true")
            .withAutomaticFlush(false)
            .withStatusInterval(STATUS_SECONDS, TimeUnit.SECONDS)
            .start();
    // Last: what has started here is closed by nobody if the stream does not start.
    return new Link(
        stream, Worker.start("hub-heartbeat", heartbeat, faults), server, heartbeatsBefore);
  }

  /**
   * Waits for the next message and returns what it completes.
   *
   * @throws UnreadableSlotException if the publication was missing, or lacked a column, when a row
   *     was written
   */
  Optional<Assembled> read() throws SQLException {
    try {
      ByteBuffer message = stream.read();
      return assembler.accept(PgOutputDecoder.decode(message));
    } catch (SQLException e) {
      if (UNDEFINED_OBJECT.equals(e.getSQLState())) {
        throw new UnreadableSlotException(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  /** Lets the server forget what ends at or before {@code lsn}; told with the next status. */
  void confirm(Lsn lsn) {
    LogSequenceNumber number = LogSequenceNumber.valueOf(lsn.value());
    stream.setAppliedLSN(number);
    stream.setFlushedLSN(number);
  }

  /** Stops the heartbeat; the connection is closed by whoever opened it. */
  @Override
  public void close() {
    heartbeat.close();
  }
}
