package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.hub.pgoutput.PgOutputMessage.Begin;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Column;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Commit;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Insert;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Relation;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Tuple;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TransactionAssemblerTest {
  private static final Lsn END = new Lsn(2000);

  private final TransactionAssembler assembler = new TransactionAssembler(10_000);

  private Assembled transaction(int rows) {
    List<Column> columns =
        Stream.of(
                "key,value,revision,tombstone,create_time,create_revision,version,prev_revision,author,note,txid,notify_mode"
                    .split(","))
            .map(name -> new Column(false, name, 25, -1))
            .toList();
    assembler.accept(new Begin(new Lsn(1900), Instant.EPOCH, 7));
    assembler.accept(new Relation(1, "public", "config", 'd', columns));
    for (int i = 1; i <= rows; i++) {
      List<@Nullable String> values = new ArrayList<>();
      values.add("/key/" + i % 3);
      values.add("value " + i);
      values.add(String.valueOf(i));
      values.add("f");
      for (int column = 4; column < columns.size(); column++) {
        values.add(null);
      }
      assertThat(assembler.accept(new Insert(1, new Tuple(values)))).isEmpty();
    }
    return assembler.accept(new Commit(new Lsn(1900), END, Instant.EPOCH)).orElseThrow();
  }

  @Test
  void keepsATransactionWhole() {
    assertThat(transaction(9))
        .isInstanceOfSatisfying(
            Assembled.Inserted.class, inserted -> assertThat(inserted.rows()).hasSize(9));
  }

  @Test
  void keepsOnlyTheLastRowOfEachKeyOfATransactionThatIsTooLarge() {
    assertThat(transaction(1_000))
        .isInstanceOfSatisfying(
            Assembled.Overrun.class,
            overrun -> {
              assertThat(overrun.end()).isEqualTo(END);
              assertThat(overrun.latest())
                  .extracting(Item::revision)
                  .containsExactlyInAnyOrder(998L, 999L, 1_000L);
            });
    assertThat(transaction(2)).isInstanceOf(Assembled.Inserted.class);
  }
}
