package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.Page;
import dev.watchhub.controlplane.store.Written;
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
import org.jspecify.annotations.Nullable;

/** The calls that read and write the keys of one {@link KeySpace}. */
final class KeySpaceCalls {
  private static final int MAX_ITEMS = 10_000_000;

  /** Longest list that is answered: a list is in memory until its client has read it. */
  private static final long MAX_LIST_CHARS = 16L << 20;

  private final ConfigStore store;
  private final KeySpace space;
  private final int maxValueBytes;

  KeySpaceCalls(ConfigStore store, KeySpace space, int maxValueBytes) {
    this.store = store;
    this.space = space;
    this.maxValueBytes = maxValueBytes;
  }

  void addTo(RoutesConfig routes) {
    HttpServer.get(routes, space.path(), this::list);
    HttpServer.get(routes, space.path() + "/<id>", this::get);
    routes.put(space.path() + "/<id>", this::put);
    routes.delete(space.path() + "/<id>", this::delete);
  }

  private void put(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    String key = space.key(context);
    Attribution by = Attribution.of(context);
    String stored = space.values().stored(RequestBody.text(context, maxValueBytes));
    int bytes = stored.getBytes(UTF_8).length;
    if (bytes > maxValueBytes) {
      throw new ProblemException(
          new Problem(
              413,
              "the value has " + bytes + " bytes as it is stored, more than " + maxValueBytes,
              Map.of("field", "body")));
    }
    Written row = store.put(key, stored, by.author(), by.note());
    context.status(row.created() ? 201 : 200);
    Answers.written(context, key, row);
  }

  private void get(Context context) {
    QueryParameters query = QueryParameters.parse(context.queryString(), Set.of("rev"));
    String key = space.key(context);
    @Nullable Long asOf = revision(query);
    Optional<Item> item = store.read(key, asOf);
    if (item.isEmpty()) {
      if (asOf != null && store.compacted(key, asOf)) {
        throw compacted(asOf);
      }
      throw absent(key, asOf == null ? "" : " as of revision " + asOf);
    }
    Answers.item(context, item.get(), space.values());
  }

  private void delete(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    String key = space.key(context);
    Attribution by = Attribution.of(context);
    Written row = store.remove(key, by.author(), by.note()).orElseThrow(() -> absent(key, ""));
    Answers.written(context, key, row);
  }

  private void list(Context context) {
    boolean all = space.prefix().equals("/");
    QueryParameters query =
        QueryParameters.parse(
            context.queryString(),
            all ? Set.of("rev", "limit", "after", "prefix") : Set.of("rev", "limit", "after"));
    String prefix = query.text("prefix").orElse(space.prefix());
    if (!prefix.startsWith("/") || prefix.chars().anyMatch(Character::isISOControl)) {
      throw query.bad("prefix", "the beginning of a key: '/', and no control characters");
    }
    @Nullable Long asOf = revision(query);
    int limit = (int) query.number("limit", 1, MAX_ITEMS).orElse(MAX_ITEMS);
    String after = query.text("after").map(key -> KeySpace.checked("after", key)).orElse(null);
    Page page = store.list(prefix, asOf, after, limit, MAX_LIST_CHARS);
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
    if (asOf != null && store.compactedUnder(prefix, asOf)) {
      throw compacted(asOf);
    }
    String next =
        page.end() == Page.End.LIMIT ? page.items().get(page.items().size() - 1).key() : null;
    Answers.items(context, page.items(), next, space.values());
  }

  private static @Nullable Long revision(QueryParameters query) {
    OptionalLong revision = query.number("rev", 1, Long.MAX_VALUE);
    return revision.isPresent() ? Long.valueOf(revision.getAsLong()) : null;
  }

  /** Says that the past is gone, where an answer without it would be a wrong one. */
  private static ProblemException compacted(long asOf) {
    return new ProblemException(
        new Problem(
            410,
            "the rows as of revision " + asOf + " are not complete any more: compaction took some",
            Map.of("field", "rev")));
  }

  private static ProblemException absent(String key, String when) {
    return new ProblemException(
        new Problem(404, "there is no key '" + Excerpt.of(key) + "'" + when, Map.of("key", key)));
  }
}
