package dev.watchhub.verify.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.verify.Truth.Transaction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the inserts of one table together from messages of {@code pgoutput}, version 1. Shares
 * nothing with the hub's decoder, since it is there to find the hub's faults. Not thread-safe.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/18/protocol-logicalrep-message-formats.html">logical
 *     replication message formats</a>
 */
final class SlotDecoder {
  private final String schema;
  private final String prefix;
  private final Map<Integer, List<String>> columns = new HashMap<>(); // of our table, by relation
  private List<Item> rows = new ArrayList<>();
  private long xid;

  /**
   * @param schema of the table {@code config}
   * @param prefix other keys are passed over
   */
  SlotDecoder(String schema, String prefix) {
    this.schema = schema;
    this.prefix = prefix;
  }

  /**
   * Takes the next message; returns the transaction that it ends, if that wrote a row of ours.
   *
   * @throws IOException if the message ends too early
   */
  Optional<Transaction> take(byte[] message) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(message));
    switch (in.readByte()) {
      case 'B' -> {
        in.readLong(); // where the commit record is
        in.readLong(); // when
        xid = Integer.toUnsignedLong(in.readInt());
        rows = new ArrayList<>();
      }
      case 'R' -> relation(in);
      case 'I' -> insert(in);
      case 'C' -> {
        in.readByte(); // no flags are defined
        in.readLong(); // where the commit record is
        Lsn end = new Lsn(in.readLong());
        return rows.isEmpty() ? Optional.empty() : Optional.of(new Transaction(xid, end, rows));
      }
      default -> {} // nothing that an insert-only table has
    }
    return Optional.empty();
  }

  private void relation(DataInputStream in) throws IOException {
    int id = in.readInt();
    String table = string(in) + "." + string(in);
    in.readByte(); // replica identity
    List<String> names = new ArrayList<>();
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      in.readByte(); // whether in the identity
      names.add(string(in));
      in.readInt(); // type
      in.readInt(); // its modifier
    }
    if (table.equals(schema + ".config")) {
      columns.put(id, names);
    } else {
      columns.remove(id);
    }
  }

  private void insert(DataInputStream in) throws IOException {
    List<String> names = columns.get(in.readInt());
    if (names == null) {
      return;
    }
    in.readByte(); // 'N', a new row
    Map<String, @Nullable String> row = new HashMap<>();
    int count = in.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      row.put(names.get(i), in.readByte() == 't' ? text(in) : null);
    }
    Item item = RowItems.of(row::get);
    if (item.key().startsWith(prefix)) {
      rows.add(item);
    }
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, UTF_8);
  }

  private static String string(DataInputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte b = in.readByte(); b != 0; b = in.readByte()) {
      bytes.write(b);
    }
    return bytes.toString(UTF_8);
  }
}
