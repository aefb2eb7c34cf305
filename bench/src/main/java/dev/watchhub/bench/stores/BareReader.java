package dev.watchhub.bench.stores;

import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.subscribers.MarkListener;
import dev.watchhub.bench.subscribers.MarkedBytes;
import dev.watchhub.lifecycle.Worker;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The least that can read commits from a slot: it looks for the mark in each row and confirms what
 * it has read.
 */
final class BareReader implements Worker.Step {
  private static final byte COMMIT = 'C';
  private static final String PUBLICATION = "watchhub"; // the schema's own

  private final Connection connection;
  private final PGReplicationStream stream;
  private final MarkListener marks;
  private volatile boolean closing;

  private BareReader(Connection connection, PGReplicationStream stream, MarkListener marks) {
    this.connection = connection;
    this.stream = stream;
    this.marks = marks;
  }

  /** Makes a temporary slot and reads what is committed from then on. */
  static BareReader connect(Database database, MarkListener marks) throws SQLException {
    String slot = "bare_" + Long.toUnsignedString(System.nanoTime(), 36);
    Connection connection = database.replicationConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE_REPLICATION_SLOT %s TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')"
              .formatted(slot));
    }
    PGReplicationStream stream =
        connection
            .unwrap(PGConnection.class)
            .getReplicationAPI()
            .replicationStream()
            .logical()
            .withSlotName(slot)
            .withSlotOption("proto_version", "1")
            .withSlotOption("publication_names", PUBLICATION)
            .withAutomaticFlush(false)
            .withStatusInterval(1, TimeUnit.SECONDS)
            .start();
    return new BareReader(connection, stream, marks);
  }

  @Override
  public int poll() throws SQLException {
    try {
      ByteBuffer message = stream.read();
      if (message.get(message.position()) == COMMIT) {
        LogSequenceNumber read = stream.getLastReceiveLSN();
        stream.setAppliedLSN(read);
        stream.setFlushedLSN(read);
      } else {
        MarkedBytes.find(message, marks);
      }
      return 1;
    } catch (SQLException e) {
      if (closing) {
        return 0;
      }
      throw e;
    }
  }

  @Override
  public void unblock() {
    closing = true;
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot end a replication connection", e);
    }
  }
}
