package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.Listing;
import dev.watchhub.controlplane.store.Page;
import dev.watchhub.controlplane.store.PastStore;
import dev.watchhub.controlplane.store.Placed;
import dev.watchhub.controlplane.store.WriteOutcome;
import dev.watchhub.controlplane.store.WriteStore;
import dev.watchhub.controlplane.store.Written;
import dev.watchhub.http.Excerpt;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import dev.watchhub.http.RequestBody;
import dev.watchhub.protocol.Item;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The calls that read and write the keys of one {@link KeySpace}. */
final class KeySpaceCalls {
  private static final int MAX_ITEMS = 10_000_000;
  private static final Set<String> WRITE_PARAMETERS =
      Set.of(ArrivalWait.PARAMETER, DryRun.PARAMETER);

  /** Longest list that is answered: a list is in memory until its client has read it. */
  private static final long MAX_LIST_CHARS = 16L << 20;

  private static final Pattern PAGE_TOKEN =
      Pattern.compile("\\d{1,20}-\\d{1,10}-\\d{1,19}:\\d{1,19}:(\\d{1,19}(,\\d{1,19})*)?");

  private final ConfigStore store;
  private final PastStore past;
  private final WriteStore writes;
  private final KeySpace space;
  private final int maxValueBytes;
  private final Arrivals arrivals;

  KeySpaceCalls(ConfigStore store, KeySpace space, int maxValueBytes, Arrivals arrivals) {
    this.store = store;
    this.past = store.pastStore();
    this.writes = store.writeStore();
    this.space = space;
    this.maxValueBytes = maxValueBytes;
    this.arrivals = arrivals;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, space.path(), this::list);
    HttpServer.get(routes, space.path() + "/<id>", this::get);
    routes.put(space.path() + "/<id>", this::put);
    routes.delete(space.path() + "/<id>", this::delete);
  }

  private void put(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), WRITE_PARAMETERS);
    boolean dryRun = DryRun.of(query);
    ArrivalWait wait = arrivals.wait(context, query);
    String key = space.key(context);
    Precondition precondition = Precondition.of(context);
    Attribution by = Attribution.of(context);
    StoredValue stored = space.values().stored(RequestBody.text(context, maxValueBytes));
    requireLength(stored.text(), maxValueBytes);
    answer(
        context,
        wait,
        dryRun,
        key,
        precondition,
        store(stored.refers(), dryRun)
            .put(key, stored.text(), precondition.condition(), by.author(), by.note()));
  }

  private void get(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), Set.of("rev"));
    String key = space.key(context);
    OptionalLong asOf = query.number("rev", 1, Long.MAX_VALUE);
    Item item =
        asOf.isPresent()
            ? PastProblems.known(past.read(key, asOf.getAsLong()), asOf.getAsLong())
                .orElseThrow(() -> absent(key, " as of revision " + asOf.getAsLong()))
            : store.read(key).orElseThrow(() -> absent(key, ""));
    Answers.item(context, item, space.values());
  }

  private void delete(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), WRITE_PARAMETERS);
    boolean dryRun = DryRun.of(query);
    ArrivalWait wait = arrivals.wait(context, query);
    String key = space.key(context);
    Precondition precondition = Precondition.of(context);
    Attribution by = Attribution.of(context);
    answer(
        context,
        wait,
        dryRun,
        key,
        precondition,
        store(space.values().referredTo(), dryRun)
            .remove(key, precondition.condition(), by.author(), by.note()));
  }

  private WriteStore store(boolean checksReferences, boolean dryRun) {
    WriteStore store = checksReferences ? writes.checkingReferences() : writes;
    return dryRun ? store.rehearsing() : store;
  }

  /** Throws 413 if {@code stored} has too many bytes of UTF-8. */
  static void requireLength(String stored, int maxValueBytes) {
    int bytes = stored.getBytes(UTF_8).length;
    if (bytes > maxValueBytes) {
      throw new ProblemException(
          new Problem(
              413,
              "the value has " + bytes + " bytes as it is stored, more than " + maxValueBytes,
              Map.of("field", "body")));
    }
  }

  private void answer(
      Context context,
      ArrivalWait wait,
      boolean dryRun,
      String key,
      Precondition precondition,
      Placed<WriteOutcome> placed) {
    WriteOutcome outcome = placed.outcome();
    if (outcome instanceof Written row && dryRun) {
      Answers.rehearsed(context, key, row);
    } else if (outcome instanceof Written row) {
      context.status(row.created() ? 201 : 200);
      arrivals.answer(
          context,
          wait,
          row.version() > 0 ? Map.of(key, row.revision()) : Map.of(),
          placed.position(),
          arrival -> Answers.written(context, key, row, placed.position(), arrival));
    } else if (outcome instanceof WriteOutcome.Refused found) {
      throw precondition.refused(key, found);
    } else {
      throw absent(key, "");
    }
  }

  private void list(Context context) {
    boolean all = space.prefix().equals("/");
    QueryParameters query =
        QueryParameters.parse(
            context.queryString(),
            all
                ? Set.of("rev", "limit", "after", "at", "prefix")
                : Set.of("rev", "limit", "after", "at"));
    String prefix = KeySpace.prefix(query).orElse(space.prefix());
    OptionalLong asOf = query.number("rev", 1, Long.MAX_VALUE);
    int limit = (int) query.number("limit", 1, MAX_ITEMS).orElse(MAX_ITEMS);
    String after = query.text("after").map(key -> KeySpace.checked("after", key)).orElse(null);
    Listing wanted =
        new Listing(
            prefix,
            asOf.isPresent() ? Long.valueOf(asOf.getAsLong()) : null,
            at(query),
            after,
            limit,
            MAX_LIST_CHARS);
    Page page = PastProblems.known(past.list(wanted), asOf.orElse(0));
    if (page.end() == Page.End.SIZE) {
      throw new ProblemException(
          Problem.badField(
              "limit",
              "the list is longer than "
                  + (MAX_LIST_CHARS >> 20)
                  + " MiB; ask for a part of it with 'limit', of less than "
                  + (page.items().size() + 1)
                  + " here"));
    }
    Answers.page(context, page, space.values());
  }

  private static @Nullable String at(QueryParameters query) {
    Optional<String> at = query.text("at");
    if (at.isPresent() && !PAGE_TOKEN.matcher(at.get()).matches()) {
      throw query.bad("at", "what the page before has as 'at'");
    }
    return at.orElse(null);
  }

  private static ProblemException absent(String key, String when) {
    return new ProblemException(
        new Problem(404, "there is no key '" + Excerpt.of(key) + "'" + when, Map.of("key", key))
            .ofType("no-such-key"));
  }
}
