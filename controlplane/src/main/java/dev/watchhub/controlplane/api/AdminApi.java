package dev.watchhub.controlplane.api;

import dev.watchhub.controlplane.compaction.Compactor;
import dev.watchhub.controlplane.openapi.DocsCalls;
import dev.watchhub.controlplane.store.BrokenReferencesException;
import dev.watchhub.controlplane.store.ConfigStore;
import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.controlplane.typed.CollectionType;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All calls of the admin API, on one store. */
public final class AdminApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);

  private final ConfigStore store;
  private final Compactor compactor;
  private final ValueEncoding encoding;
  private final int maxValueBytes;
  private final List<CollectionType> types;
  private final FleetSource fleet;
  private final Arrivals arrivals;

  private AdminApi(
      ConfigStore store,
      Compactor compactor,
      ValueEncoding encoding,
      int maxValueBytes,
      List<CollectionType> types,
      List<URI> hubs) {
    this.types = List.copyOf(types);
    this.store = store;
    this.compactor = compactor;
    this.encoding = encoding;
    this.maxValueBytes = maxValueBytes;
    fleet = new FleetSource(store.nodeStore(), hubs);
    arrivals = Arrivals.start(fleet);
  }

  /**
   * Starts the API of {@code store}; the caller closes it, after the server and before the store.
   *
   * @param compactor of this store
   * @param encoding how values of typed collections are written
   * @param maxValueBytes longest body of a write, and longest value as it is stored
   * @param types the typed collections; each has its own name
   * @param hubs who is asked what nodes have applied, besides the store
   */
  public static AdminApi start(
      ConfigStore store,
      Compactor compactor,
      ValueEncoding encoding,
      int maxValueBytes,
      List<CollectionType> types,
      List<URI> hubs) {
    return new AdminApi(store, compactor, encoding, maxValueBytes, types, hubs);
  }

  /** Adds every call to a server. */
  public void addTo(JavalinConfig config) {
    RoutesConfig routes = config.routes;
    List<KeySpace> all = new ArrayList<>();
    for (CollectionType type : types) {
      String path = "/" + type.name();
      all.add(new KeySpace(path, path + "/", new JsonValues(encoding, type)));
    }
    all.add(new KeySpace("/kv", "/", new TextValues()));
    KeySpaces spaces = new KeySpaces(all);
    spaces.all().forEach(space -> add(routes, space));
    new TxnCalls(store.txnStore(), spaces, maxValueBytes, arrivals).addTo(routes);
    new HistoryCalls(store.pastStore()).addTo(routes);
    new CompactionCalls(compactor).addTo(routes);
    new RollbackCalls(store.rollbackStore(), arrivals).addTo(routes);
    new NotifyModeCalls(store).addTo(routes);
    new RolloutCalls(fleet).addTo(routes);
    new DocsCalls(types).addTo(routes);
    HttpServer.get(routes, "/healthz", AdminApi::ok);
    HttpServer.get(routes, "/readyz", this::ready);
    routes.exception(StoreException.class, AdminApi::answer);
    routes.exception(
        BrokenReferencesException.class,
        (e, context) -> HttpServer.answer(context, ReferenceProblem.of(e)));
  }

  private void add(RoutesConfig routes, KeySpace space) {
    new KeySpaceCalls(store, space, maxValueBytes, arrivals).addTo(routes);
  }

  private void ready(Context context) {
    store.notifyMode();
    ok(context);
  }

  private static void ok(Context context) {
    Answers.json(context, out -> out.writeStringField("status", "ok"));
  }

  private static void answer(StoreException e, Context context) {
    switch (e.kind()) {
      case UNAVAILABLE ->
          retry(context, "database-away", "the database is away; nothing was written");
      case BROKEN ->
          retry(
              context,
              "outcome-unknown",
              "the database went away; a write may have been done: read to see");
      case BUSY ->
          retry(
              context,
              "busy",
              "another transaction was in the way, or too many requests were; nothing was written");
      case REJECTED ->
          HttpServer.answer(
              context, new Problem(400, String.valueOf(e.getMessage())).ofType("rejected"));
      case FAILED -> {
        LOG.error("{} {} failed", context.method(), context.path(), e);
        HttpServer.answer(
            context, new Problem(500, "the database failed; the server's log has the reason"));
      }
    }
  }

  private static void retry(Context context, String type, String detail) {
    context.header("Retry-After", "1");
    HttpServer.answer(context, new Problem(503, detail).ofType(type));
  }

  /** Ends its thread. Idempotent. */
  @Override
  public void close() {
    arrivals.close();
  }
}
