package dev.watchhub.hub.pgoutput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.temporal.ChronoUnit.MICROS;

import dev.watchhub.hub.pgoutput.PgOutputMessage.Begin;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Column;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Commit;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Delete;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Insert;
import dev.watchhub.hub.pgoutput.PgOutputMessage.LogicalMessage;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Origin;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Relation;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Truncate;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Tuple;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Update;
import dev.watchhub.protocol.Lsn;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one pgoutput message into a record.
 *
 * <p>Stateless and therefore thread-safe; the relations and the open transaction belong to whoever
 * puts the messages together.
 */
public final class PgOutputDecoder {
  private static final Instant PG_EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private PgOutputDecoder() {}

  /**
   * Decodes exactly one message and leaves {@code in} empty.
   *
   * @throws PgOutputException if the tag is unknown, or the message is shorter or longer than its
   *     format says
   */
  public static PgOutputMessage decode(ByteBuffer in) {
    int size = in.remaining();
    try {
      byte tag = in.get();
      PgOutputMessage message =
          switch (tag) {
            case 'B' -> new Begin(lsn(in), time(in), in.getInt());
            case 'C' -> commit(in);
            case 'O' -> new Origin(lsn(in), string(in));
            case 'R' -> relation(in);
            case 'Y' -> new PgOutputMessage.Type(in.getInt(), string(in), string(in));
            case 'I' -> insert(in);
            case 'U' -> update(in);
            case 'D' -> delete(in);
            case 'T' -> truncate(in);
            case 'M' -> message(in);
            default -> throw new PgOutputException("unknown tag 0x%02x".formatted(tag));
          };
      if (in.hasRemaining()) {
        throw new PgOutputException(
            "%d bytes left over after %s"
                .formatted(in.remaining(), message.getClass().getSimpleName())); // not its row
      }
      return message;
    } catch (BufferUnderflowException e) {
      throw new PgOutputException("message of %d bytes ends too early".formatted(size), e);
    }
  }

  private static Commit commit(ByteBuffer in) {
    in.get(); // flags, unused by the server
    return new Commit(lsn(in), lsn(in), time(in));
  }

  private static Relation relation(ByteBuffer in) {
    int id = in.getInt();
    String namespace = string(in);
    String name = string(in);
    char replicaIdentity = (char) in.get();
    int count = Short.toUnsignedInt(in.getShort());
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      columns.add(new Column(in.get() == 1, string(in), in.getInt(), in.getInt()));
    }
    return new Relation(id, namespace, name, replicaIdentity, columns);
  }

  private static Insert insert(ByteBuffer in) {
    int relationId = in.getInt();
    expect(in.get(), 'N');
    return new Insert(relationId, tuple(in));
  }

  private static Update update(ByteBuffer in) {
    int relationId = in.getInt();
    byte kind = in.get();
    Tuple old = null;
    if (kind == 'K' || kind == 'O') {
      old = tuple(in);
      kind = in.get();
    }
    expect(kind, 'N');
    return new Update(relationId, old, tuple(in));
  }

  private static Delete delete(ByteBuffer in) {
    int relationId = in.getInt();
    byte kind = in.get();
    if (kind != 'K') {
      expect(kind, 'O');
    }
    return new Delete(relationId, tuple(in));
  }

  private static Truncate truncate(ByteBuffer in) {
    int count = in.getInt();
    int options = in.get();
    if (count < 0 || count > in.remaining() / Integer.BYTES) {
      throw new PgOutputException("%d tables in %d bytes".formatted(count, in.remaining()));
    }
    List<Integer> ids = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ids.add(in.getInt());
    }
    return new Truncate(ids, options);
  }

  private static LogicalMessage message(ByteBuffer in) {
    boolean transactional = in.get() == 1;
    return new LogicalMessage(transactional, lsn(in), string(in), text(in, in.getInt()));
  }

  private static Tuple tuple(ByteBuffer in) {
    int columns = Short.toUnsignedInt(in.getShort());
    List<@Nullable String> values = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      values.add(value(in));
    }
    return new Tuple(Collections.unmodifiableList(values)); // List.copyOf rejects null
  }

  private static @Nullable String value(ByteBuffer in) {
    byte kind = in.get();
    return switch (kind) {
      case 'n', 'u' -> null;
      case 't' -> text(in, in.getInt());
      default -> throw new PgOutputException("unknown column kind 0x%02x".formatted(kind));
    };
  }

  private static String text(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) { // checked first: the length is not ours to trust
      throw new PgOutputException("text of %d bytes, %d left".formatted(length, in.remaining()));
    }
    int start = in.position();
    in.position(start + length);
    return in.hasArray()
        ? new String(in.array(), in.arrayOffset() + start, length, UTF_8)
        : UTF_8.decode(in.slice(start, length)).toString();
  }

  private static String string(ByteBuffer in) {
    int end = in.position();
    while (in.get(checked(in, end)) != 0) {
      end++;
    }
    String text = text(in, end - in.position());
    in.get();
    return text;
  }

  private static int checked(ByteBuffer in, int index) {
    if (index >= in.limit()) {
      throw new BufferUnderflowException();
    }
    return index;
  }

  private static void expect(byte got, char wanted) {
    if (got != wanted) {
      throw new PgOutputException("expected '%c', got 0x%02x".formatted(wanted, got));
    }
  }

  private static Lsn lsn(ByteBuffer in) {
    return new Lsn(in.getLong());
  }

  private static Instant time(ByteBuffer in) {
    return PG_EPOCH.plus(in.getLong(), MICROS);
  }
}
