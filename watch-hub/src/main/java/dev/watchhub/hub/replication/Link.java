package dev.watchhub.hub.replication;

import dev.watchhub.hub.pgoutput.PgOutputDecoder;
import dev.watchhub.lifecycle.Worker;
import dev.watchhub.protocol.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * A slot that is being read, with the heartbeat beside it.
 *
 * <p>Threading: one thread reads and closes.
 *
 * @param server its identity, for the positions of what is read
 * @param slotBegin nothing before it is confirmed: older servers would take the slot back to it
 * @param publicationMark {@link Setup#publicationMark} from before the stream began
 * @param heartbeatsBefore own heartbeats with a higher number were sent after the link stood
 * @param lastReadNanos when something was read last, for the heartbeat
 */
record Link(
    Connection connection,
    PGReplicationStream stream,
    TransactionAssembler assembler,
    ServerIdentity server,
    Lsn slotBegin,
    String publicationMark,
    long heartbeatsBefore,
    AtomicLong lastReadNanos,
    LongSupplier nanoTime,
    Worker heartbeat)
    implements AutoCloseable {
  private static final int STATUS_SECONDS = 1; // well under half of any wal_sender_timeout

  private static final String UNDEFINED_OBJECT = "42704";

  /**
   * Starts the stream.
   *
   * @param from the first commit sent starts here or later
   */
  static PGReplicationStream stream(Connection replication, Source source, Lsn from)
      throws SQLException {
    return replication
        .unwrap(PGConnection.class)
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
  }

  /**
   * Waits for the next message and returns what it completes.
   *
   * @throws UnreadableSlotException if the publication was missing, or lacked a column, when a row
   *     was written
   */
  Optional<Assembled> read() throws SQLException {
    try {
      Optional<Assembled> read = assembler.accept(PgOutputDecoder.decode(stream.read()));
      lastReadNanos.set(nanoTime.getAsLong());
      return read;
    } catch (SQLException e) {
      if (UNDEFINED_OBJECT.equals(e.getSQLState())) {
        throw new UnreadableSlotException(String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  /** Sends a heartbeat now. */
  void beat() {
    heartbeat.wake();
  }

  /** Lets the server forget what ends at or before {@code lsn}; told with the next status. */
  void confirm(Lsn lsn) {
    Lsn held = lsn.compareTo(slotBegin) < 0 ? slotBegin : lsn;
    LogSequenceNumber number = LogSequenceNumber.valueOf(held.value());
    stream.setAppliedLSN(number);
    stream.setFlushedLSN(number);
  }

  /** Stops the heartbeat and cuts the connection. */
  @Override
  public void close() {
    heartbeat.close();
    Connections.abort(connection);
  }
}
