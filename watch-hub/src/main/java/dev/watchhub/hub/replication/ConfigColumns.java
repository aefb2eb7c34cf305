package dev.watchhub.hub.replication;

import dev.watchhub.hub.log.Row;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Column;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Relation;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Tuple;
import dev.watchhub.protocol.Item;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the columns of the table {@code config} stand in its rows. */
record ConfigColumns(
    int key,
    int value,
    int revision,
    int tombstone,
    int createTime,
    int createRevision,
    int version,
    int prevRevision,
    int author,
    int note,
    int txid,
    int notifyMode) {

  /**
   * Finds the columns by name.
   *
   * @throws UnreadableSlotException if the publication left out one of them
   */
  static ConfigColumns of(Relation relation) {
    List<String> names = relation.columns().stream().map(Column::name).toList();
    return new ConfigColumns(
        index(relation, names, "key"),
        index(relation, names, "value"),
        index(relation, names, "revision"),
        index(relation, names, "tombstone"),
        index(relation, names, "create_time"),
        index(relation, names, "create_revision"),
        index(relation, names, "version"),
        index(relation, names, "prev_revision"),
        index(relation, names, "author"),
        index(relation, names, "note"),
        index(relation, names, "txid"),
        index(relation, names, "notify_mode"));
  }

  private static int index(Relation relation, List<String> names, String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new UnreadableSlotException(
          "the publication left out the column '%s' of %s.%s"
              .formatted(name, relation.namespace(), relation.name()));
    }
    return index;
  }

  /** One row; what a writer who went round the functions left out is filled in. */
  Row row(Tuple tuple) {
    List<@Nullable String> values = tuple.values();
    long revision = number(values.get(revision()), 0);
    boolean dead = "t".equals(values.get(tombstone()));
    String text = values.get(value());
    String live = text == null ? "" : text;
    String name = values.get(key());
    Item item =
        new Item(
            name == null ? "" : name,
            dead ? null : live,
            revision,
            number(values.get(createRevision()), revision),
            number(values.get(version()), 1),
            number(values.get(createTime()), 0),
            values.get(author()),
            values.get(note()));
    return new Row(
        item,
        number(values.get(prevRevision()), Row.UNKNOWN),
        "hub".equals(values.get(notifyMode())));
  }

  /** The 64-bit id of the transaction that inserted the row; 0 when it does not say. */
  long xid(Tuple tuple) {
    return number(tuple.values().get(txid()), 0);
  }

  private static long number(@Nullable String text, long otherwise) {
    return text == null ? otherwise : Long.parseLong(text);
  }
}
