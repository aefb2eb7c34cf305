package dev.watchhub.verify.source;

import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.verify.Truth;
import dev.watchhub.verify.Truth.Span;
import dev.watchhub.verify.Truth.Transaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every commit of the table since some moment, in commit order, from a replication slot of its own.
 *
 * <p>Threading: one thread at a time, which gives it a connection for each call; a temporary slot
 * wants the same one each time.
 */
public final class SlotTruth {
  private static final int PIECE_ROWS = 20_000;

  private final String name;
  private final Position from;
  private final SlotDecoder decoder;
  private final List<Transaction> commits = new ArrayList<>();
  private Lsn read;

  private SlotTruth(String name, String schema, String prefix, Position from) {
    this.name = name;
    this.from = from;
    this.read = from.lsn();
    this.decoder = new SlotDecoder(schema, prefix);
  }

  /**
   * Makes a publication and a slot. Waits until every transaction that is open in the cluster ends.
   *
   * @param name of both, an identifier
   * @param schema of the table {@code config}
   * @param prefix of keys that nobody has written yet and that it will know of
   * @param temporary whether the slot goes with the connection
   */
  public static SlotTruth create(
      Connection connection, String name, String schema, String prefix, boolean temporary)
      throws SQLException {
    Names.checked("name", name);
    Names.checked("schema", schema);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE PUBLICATION %s FOR TABLE %s.config WITH (publish = 'insert')"
              .formatted(name, schema));
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput', ?)")) {
      statement.setString(1, name);
      statement.setBoolean(2, temporary);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Position here = here(connection);
        return new SlotTruth(name, schema, prefix, here.at(lsn(row.getString(1))));
      }
    }
  }

  /** Where the server's log ends now. */
  public static Position here(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT s.system_identifier, substr(pg_walfile_name(l.lsn), 1, 8), l.lsn
                FROM pg_control_system() s, (SELECT pg_current_wal_flush_lsn() AS lsn) l
                """)) {
      row.next();
      return new Position(
          row.getLong(1), Integer.parseUnsignedInt(row.getString(2), 16), lsn(row.getString(3)));
    }
  }

  private static Lsn lsn(String text) throws SQLException {
    return Lsn.parse(text).orElseThrow(() -> new SQLException("'" + text + "' as an LSN"));
  }

  /** Where it begins: it knows every commit after it. */
  public Position from() {
    return from;
  }

  /**
   * Reads what has been committed since the last call, or a large piece of it.
   *
   * @return how many commits of ours were read; 0 also when only others' were
   */
  public int read(Connection connection) throws SQLException {
    int count = 0;
    Lsn last = read;
    while (true) { // a piece may be all of others
      int rows = 0;
      // Looked at first and then taken, so that a connection that breaks between loses nothing.
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              SELECT data FROM pg_logical_slot_peek_binary_changes(?, NULL, ?,
                'proto_version', '1', 'publication_names', ?)
              """)) {
        statement.setString(1, name);
        statement.setInt(2, PIECE_ROWS);
        statement.setString(3, name);
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            rows++;
            byte[] message = row.getBytes(1);
            if (message[0] == 'C') {
              last = new Lsn(ByteBuffer.wrap(message, 10, Long.BYTES).getLong());
            }
            count += keep(message);
          }
        }
      } catch (IOException e) {
        throw new SQLException("the server sent a message that ends too early", e);
      }
      if (rows == 0) {
        return count;
      }
      advance(connection, last);
      if (count > 0) {
        return count;
      }
    }
  }

  private int keep(byte[] message) throws IOException {
    Optional<Transaction> ended = decoder.take(message);
    if (ended.isEmpty()) {
      return 0;
    }
    Lsn end = ended.get().end();
    if (end == null || end.compareTo(read) <= 0) {
      return 0; // a server that crashed has forgotten how far the slot was
    }
    read = end;
    commits.add(ended.get());
    return 1;
  }

  private void advance(Connection connection, Lsn to) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT pg_replication_slot_advance(?, ?::pg_lsn)")) {
      statement.setString(1, name);
      statement.setString(2, to.toString());
      statement.execute();
    }
  }

  /** Reads all there is; nobody writes our keys any more. */
  public Truth finish(Connection connection) throws SQLException {
    Position end = here(connection);
    int count;
    do {
      count = read(connection);
    } while (count > 0);
    return Truth.ordered(
        new Span(from.cluster(), from.timeline(), from.lsn(), end.lsn()), Map.of(), commits);
  }

  /** Drops slot and publication, whichever there are. */
  public static void drop(Connection connection, String name) throws SQLException {
    Names.checked("name", name);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
          WHERE slot_name = '%s' AND NOT temporary
          """
              .formatted(name));
      statement.execute("DROP PUBLICATION IF EXISTS " + name);
    }
  }
}
