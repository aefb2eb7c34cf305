package dev.watchhub.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.watchhub.controlplane.StoreOperation.Compact;
import dev.watchhub.controlplane.StoreOperation.Guard;
import dev.watchhub.controlplane.StoreOperation.ListAsOf;
import dev.watchhub.controlplane.StoreOperation.ReadAsOf;
import dev.watchhub.controlplane.StoreOperation.Rollback;
import dev.watchhub.controlplane.StoreOperation.RollbackPrefix;
import dev.watchhub.controlplane.StoreOperation.Txn;
import dev.watchhub.controlplane.StoreOperation.Write;
import dev.watchhub.controlplane.store.Condition;
import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.History;
import dev.watchhub.controlplane.store.KeyOutcome;
import dev.watchhub.controlplane.store.KeyOutcome.What;
import dev.watchhub.controlplane.store.Listing;
import dev.watchhub.controlplane.store.Page;
import dev.watchhub.controlplane.store.Past;
import dev.watchhub.controlplane.store.Placed;
import dev.watchhub.controlplane.store.RolledBack;
import dev.watchhub.controlplane.store.StoreOptions;
import dev.watchhub.controlplane.store.TxnOutcome;
import dev.watchhub.protocol.Item;
import dev.watchhub.protocol.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** Any sequence of operations gives what a simple model in memory gives. */
@Tag("slow")
class StorePropertyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String DELETE = "-";

  private static final TestSchema SCHEMA = TestSchema.of(StorePropertyTest.class);
  private static final ConfigStore STORE = open();

  private StoreModel model = new StoreModel();
  private @Nullable Position last;

  private static ConfigStore open() {
    Duration timeout = Duration.ofSeconds(20);
    return ConfigStore.open(new StoreOptions(SCHEMA.jdbcUrl(), SCHEMA.name(), 1, timeout, timeout));
  }

  @AfterContainer
  static void stop() {
    STORE.close();
  }

  @Provide
  Arbitrary<List<StoreOperation>> sequences() {
    Arbitrary<String> keys = Arbitraries.of("/a", "/a/1", "/a/2", "/b/1");
    Arbitrary<String> prefixes = Arbitraries.of("/", "/a", "/a/", "/b/1", "/_");
    Arbitrary<String> values = Arbitraries.of("x", "x", "y", "", "ä😀", DELETE, DELETE);
    Arbitrary<Guard> guards = Arbitraries.of(Guard.class);
    Arbitrary<Integer> places = Arbitraries.integers().between(0, 120);
    Arbitrary<Boolean> dryRun = Arbitraries.of(true, false, false);
    Arbitrary<Integer> pages = Arbitraries.integers().between(1, 5);
    Arbitrary<Map<String, String>> writes = Arbitraries.maps(keys, values).ofMaxSize(3);
    Arbitrary<StoreOperation> operation =
        Arbitraries.frequencyOf(
            Tuple.of(
                8,
                Combinators.combine(keys, values, guards)
                    .as((k, v, g) -> new Write(k, v.equals(DELETE) ? null : v, g))),
            Tuple.of(
                3,
                Combinators.combine(Arbitraries.maps(keys, guards).ofMaxSize(2), writes, writes)
                    .as(Txn::new)),
            Tuple.of(1, Combinators.combine(keys, places, dryRun).as(Rollback::new)),
            Tuple.of(2, Combinators.combine(prefixes, places, dryRun).as(RollbackPrefix::new)),
            Tuple.of(1, places.map(Compact::new)),
            Tuple.of(3, Combinators.combine(keys, places).as(ReadAsOf::new)),
            Tuple.of(2, Combinators.combine(prefixes, places, pages).as(ListAsOf::new)),
            Tuple.of(1, Combinators.combine(keys, pages).as(StoreOperation.History::new)));
    return operation.list().ofMinSize(1).ofMaxSize(40);
  }

  @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
  void anySequenceGivesWhatTheModelGives(@ForAll("sequences") List<StoreOperation> operations)
      throws SQLException {
    SCHEMA.execute(
        """
        TRUNCATE %1$s.config;
        ALTER SEQUENCE %1$s.config_revision_seq RESTART;
        UPDATE %1$s.config_settings SET compacted_txid = 0, compacted_revision = 0,
          oldest_revision = 0, forgotten_revision = 0
        """);
    model = new StoreModel();
    List<StoreOperation> all = new ArrayList<>(operations);
    all.add(new ListAsOf("/", 101, 3));
    List<StoreOperation> done = new ArrayList<>();
    for (StoreOperation operation : all) {
      done.add(operation);
      try {
        run(operation);
      } catch (AssertionError e) {
        throw new AssertionError(
            e.getMessage() + "\nby the last of:\n" + StoreOperation.told(done), e);
      }
    }
  }

  private void run(StoreOperation operation) throws SQLException {
    if (operation instanceof Write write) {
      write(write);
    } else if (operation instanceof Txn txn) {
      txn(txn);
    } else if (operation instanceof Rollback back) {
      long revision = revision(back.place());
      var past = STORE.rollbackStore().key(back.key(), revision, back.dryRun(), "me", null);
      Map<String, Optional<StoreModel.Row>> keys = new TreeMap<>();
      keys.put(back.key(), model.at(back.key(), revision));
      rolledBack(past, keys, revision, back.dryRun());
    } else if (operation instanceof RollbackPrefix back) {
      long revision = revision(back.place());
      var past = STORE.rollbackStore().prefix(back.prefix(), revision, back.dryRun(), null, "n");
      Map<String, Optional<StoreModel.Row>> keys = new TreeMap<>();
      model
          .list(back.prefix(), Long.MAX_VALUE)
          .keySet()
          .forEach(k -> keys.put(k, Optional.empty()));
      model.list(back.prefix(), revision).forEach((k, row) -> keys.put(k, Optional.of(row)));
      rolledBack(past, keys, revision, back.dryRun());
    } else if (operation instanceof Compact compact) {
      compact(compact);
    } else if (operation instanceof ReadAsOf read) {
      read(read);
    } else if (operation instanceof ListAsOf list) {
      list(list);
    } else if (operation instanceof StoreOperation.History history) {
      history(history);
    }
  }

  private long revision(int place) {
    return Math.max(1, model.newest() * place / 100);
  }

  private void write(Write write) {
    Condition condition = write.guard().on(write.key(), model);
    String value = write.value();
    var placed =
        value == null
            ? STORE.writeStore().remove(write.key(), condition, "me", null)
            : STORE.writeStore().put(write.key(), value, condition, null, "why");
    model.wrote(write.key(), value, condition, placed.outcome());
    advanced(placed);
  }

  private void advanced(Placed<?> placed) {
    if (last != null) {
      assertThat(placed.position().lsn()).isGreaterThanOrEqualTo(last.lsn());
    }
    last = placed.position();
  }

  private void txn(Txn txn) {
    ObjectNode request = JSON.createObjectNode();
    ArrayNode compare = request.putArray("compare");
    List<String> failing = new ArrayList<>();
    txn.compare()
        .forEach(
            (key, guard) -> {
              ObjectNode entry = compare.addObject().put("key", key);
              Condition condition = guard.on(key, model);
              Optional<String> there = model.now(key).map(StoreModel.Row::value);
              boolean holds = model.holds(key, condition);
              if (guard == Guard.NONE) {
                entry.put("value", "x");
                holds = there.equals(Optional.of("x"));
              } else if (condition.equals(Condition.EXISTS)) {
                entry.put("exists", true);
              } else if (condition.equals(Condition.ABSENT) && guard == Guard.ABSENT) {
                entry.put("exists", false);
              } else {
                entry.put("revision", condition.expected());
              }
              if (!holds) {
                failing.add(key);
              }
            });
    addWrites(request.putArray("then"), txn.then());
    addWrites(request.putArray("else"), txn.otherwise());

    Placed<TxnOutcome> placed = STORE.txnStore().txn(request.toString(), "me", "why");

    TxnOutcome outcome = placed.outcome();
    assertThat(outcome.succeeded()).isEqualTo(failing.isEmpty());
    assertThat(outcome.failed())
        .extracting(KeyOutcome::key)
        .containsExactlyInAnyOrderElementsOf(failing);
    Map<String, String> writes = failing.isEmpty() ? txn.then() : txn.otherwise();
    assertThat(outcome.written())
        .extracting(KeyOutcome::key)
        .containsExactlyElementsOf(writes.keySet());
    for (KeyOutcome key : outcome.written()) {
      String value = writes.getOrDefault(key.key(), DELETE);
      assertThat(key.what()).isEqualTo(value.equals(DELETE) ? What.DELETE : What.PUT);
      model.wrote(key.key(), value.equals(DELETE) ? null : value, Condition.NONE, key.outcome());
    }
    advanced(placed);
  }

  private static void addWrites(ArrayNode list, Map<String, String> writes) {
    writes.forEach(
        (key, value) -> {
          if (value.equals(DELETE)) {
            list.addObject().putObject("delete").put("key", key);
          } else {
            list.addObject().putObject("put").put("key", key).put("value", value);
          }
        });
  }

  private void rolledBack(
      Past<Placed<List<RolledBack>>> past,
      Map<String, Optional<StoreModel.Row>> keys,
      long revision,
      boolean dryRun) {
    Optional<Placed<List<RolledBack>>> placed = known(past, revision);
    if (placed.isEmpty()) {
      return;
    }
    List<String> changing =
        keys.keySet().stream()
            .filter(
                key ->
                    !keys.getOrDefault(key, Optional.empty())
                        .map(StoreModel.Row::value)
                        .equals(model.now(key).map(StoreModel.Row::value)))
            .toList();
    assertThat(placed.get().outcome()).extracting(RolledBack::key).isEqualTo(changing);
    for (RolledBack key : placed.get().outcome()) {
      Optional<StoreModel.Row> then = keys.getOrDefault(key.key(), Optional.empty());
      assertThat(key.to()).isEqualTo(then.map(StoreModel.Row::revision).orElse(null));
      assertThat(key.from())
          .isEqualTo(model.now(key.key()).map(StoreModel.Row::revision).orElse(null));
      assertThat(key.row() == null).isEqualTo(dryRun);
      if (key.row() != null) {
        model.wrote(key.key(), then.map(StoreModel.Row::value).orElse(null), key.row());
      }
    }
    advanced(placed.get());
  }

  /** What is known of the past; empty if the store rightly says that it cannot know. */
  private <T> Optional<T> known(Past<T> past, long revision) {
    if (past instanceof Past.Known<T> known) {
      assertThat(revision).isLessThanOrEqualTo(model.newest());
      return Optional.of(known.value());
    }
    if (past instanceof Past.Future<T> future) {
      assertThat(revision).isGreaterThan(model.newest());
      assertThat(future.newest()).isEqualTo(model.newest());
    } else if (past instanceof Past.Compacted<T> compacted) {
      assertThat(revision).isLessThan(model.compactedBelow());
      assertThat(compacted.oldest()).isGreaterThan(revision).isLessThanOrEqualTo(model.newest());
    } else {
      throw new AssertionError("no answer: " + past);
    }
    return Optional.empty();
  }

  private void compact(Compact compact) throws SQLException {
    if (compact.place() > 100) {
      SCHEMA.execute("SELECT %1$s.compact_to_latest()");
      model.compactBelow(model.newest());
    } else {
      long revision = revision(compact.place());
      SCHEMA.execute("SELECT %1$s.compact_before_revision(" + revision + ")");
      model.compactBelow(revision);
    }
  }

  private void read(ReadAsOf read) {
    long revision = revision(read.place());
    known(STORE.pastStore().read(read.key(), revision), revision)
        .ifPresent(
            item ->
                assertThat(item.map(Item::revision))
                    .isEqualTo(model.at(read.key(), revision).map(StoreModel.Row::revision)));
    assertSame(STORE.read(read.key()), model.now(read.key()));
  }

  private static void assertSame(Optional<Item> item, Optional<StoreModel.Row> row) {
    assertThat(item.map(i -> new StoreModel.Row(i.revision(), i.value(), i.version())))
        .isEqualTo(row);
  }

  private void list(ListAsOf list) {
    Long asOf = list.place() > 100 ? null : Long.valueOf(revision(list.place()));
    long revision = asOf == null ? Long.MAX_VALUE : asOf;
    Map<String, StoreModel.Row> found = new TreeMap<>();
    String at = null;
    String after = null;
    while (true) {
      var past =
          STORE
              .pastStore()
              .list(new Listing(list.prefix(), asOf, at, after, list.pageItems(), 1 << 20));
      Optional<Page> page =
          asOf == null ? Optional.of(((Past.Known<Page>) past).value()) : known(past, asOf);
      if (page.isEmpty()) {
        return;
      }
      for (Item item : page.get().items()) {
        after = item.key();
        found.put(after, new StoreModel.Row(item.revision(), item.value(), item.version()));
      }
      if (page.get().end() == Page.End.COMPLETE) {
        break;
      }
      at = page.get().at();
    }
    assertThat(found).isEqualTo(model.list(list.prefix(), revision));
  }

  private void history(StoreOperation.History wanted) {
    List<StoreModel.Row> expected = new ArrayList<>(model.rows(wanted.key()));
    Collections.reverse(expected);
    List<StoreModel.Row> found = new ArrayList<>();
    Long before = null;
    History page;
    do {
      page = STORE.pastStore().history(wanted.key(), before, wanted.pageRows(), true, 1 << 20);
      for (var row : page.revisions()) {
        found.add(new StoreModel.Row(row.number(), row.value(), row.version()));
        before = row.number();
      }
    } while (page.more());
    assertThat(found).isEqualTo(expected.subList(0, found.size()));
    if (model.compactedBelow() == 0) {
      assertThat(found).hasSameSizeAs(expected);
    } else if (model.now(wanted.key()).isPresent()) {
      assertThat(found).isNotEmpty();
    }
  }
}
