package dev.watchhub.bench.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.bench.servers.Database;
import dev.watchhub.bench.subscribers.MarkListener;
import dev.watchhub.bench.subscribers.MarkedBytes;
import dev.watchhub.lifecycle.Worker;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** A client that LISTENs on the channel of the benchmark's keys. */
final class Listener implements Worker.Step {
  private static final String CHANNEL = "bench"; // the keys' first segment
  private static final int WAIT_MILLIS = 100;

  private final Connection connection;
  private final PGConnection notified;
  private final MarkListener marks;

  private Listener(Connection connection, MarkListener marks) throws SQLException {
    this.connection = connection;
    this.notified = connection.unwrap(PGConnection.class);
    this.marks = marks;
  }

  static Listener connect(Database database, MarkListener marks) throws SQLException {
    Connection connection = database.connect("");
    try (Statement statement = connection.createStatement()) {
      statement.execute("listen " + CHANNEL);
    }
    return new Listener(connection, marks);
  }

  @Override
  public int poll() throws SQLException {
    PGNotification[] notifications = notified.getNotifications(WAIT_MILLIS);
    if (notifications != null) {
      for (PGNotification notification : notifications) {
        MarkedBytes.find(ByteBuffer.wrap(notification.getParameter().getBytes(UTF_8)), marks);
      }
    }
    return 1;
  }

  @Override
  public void stop() throws SQLException {
    connection.close();
  }
}
