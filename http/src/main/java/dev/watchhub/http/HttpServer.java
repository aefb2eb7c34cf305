package dev.watchhub.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.util.JavalinBindException;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running Javalin server that answers every error with a {@link Problem}.
 *
 * <p>Keys travel in paths, so it takes paths that Jetty would refuse by default; read them by
 * {@link RequestPath}.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int MAX_THREADS = 64;

  /**
   * Everything in a path that some key may contain, once decoded; and what {@link RequestPath}
   * refuses with a better word.
   */
  private static final UriCompliance KEYS_IN_PATHS =
      new UriCompliance(
          "KEYS_IN_PATHS",
          EnumSet.of(
              Violation.AMBIGUOUS_PATH_SEGMENT,
              Violation.AMBIGUOUS_EMPTY_SEGMENT,
              Violation.AMBIGUOUS_PATH_SEPARATOR,
              Violation.AMBIGUOUS_PATH_PARAMETER,
              Violation.AMBIGUOUS_PATH_ENCODING,
              Violation.SUSPICIOUS_PATH_CHARACTERS,
              Violation.ILLEGAL_PATH_CHARACTERS,
              Violation.BAD_PERCENT_ENCODING,
              Violation.BAD_UTF8_ENCODING,
              Violation.TRUNCATED_UTF8_ENCODING));

  private final Javalin javalin;

  private HttpServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * Starts a server; it accepts connections when this returns.
   *
   * @param name of the part that it serves; its threads are called after it
   * @param portOption what a user sets to choose another port, for the message when it is taken
   * @param routes adds the handlers
   * @throws HttpStartException if it cannot listen there
   */
  public static HttpServer start(
      String name, ListenAddress address, String portOption, Consumer<JavalinConfig> routes) {
    Javalin javalin =
        Javalin.create(
            config -> {
              configure(config, name);
              config.jetty.addConnector((server, http) -> Listening.at(address, server, http));
              routes.accept(config);
            });
    try {
      javalin.start();
      return new HttpServer(javalin);
    } catch (JavalinBindException e) {
      javalin.stop();
      throw HttpStartException.cannotListen(name, address, portOption, e);
    }
  }

  private static void configure(JavalinConfig config, String name) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS);
    ((QueuedThreadPool) config.jetty.threadPool).setName(name + "-http");
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setUriCompliance(KEYS_IN_PATHS);
          http.setSendServerVersion(false);
        });
    config.jetty.modifyServletContextHandler(
        context -> context.getServletHandler().setDecodeAmbiguousURIs(true));
    config.jetty.modifyServer(
        server -> {
          server.setErrorHandler(new ProblemErrorHandler());
          server.setStopTimeout(0); // streams never end by themselves
        });
    config.routes.exception(ProblemException.class, (e, context) -> answer(context, e.problem()));
    config.routes.exception(HttpResponseException.class, HttpServer::answer);
    config.routes.exception(
        Exception.class,
        (e, context) -> {
          LOG.error("{} {} failed", context.method(), context.path(), e);
          answer(context, new Problem(500, "the server failed; its log has the reason"));
        });
  }

  private static void answer(HttpResponseException e, Context context) {
    if (e instanceof MethodNotAllowedResponse) {
      String allowed = e.getDetails().getOrDefault("availableMethods", "");
      context.header("Allow", allowed);
    }
    String rawPath = context.req().getRequestURI();
    String what = context.method() + " " + rawPath;
    answer(
        context,
        switch (e.getStatus()) {
          case 400 -> badRequest(rawPath, String.valueOf(e.getMessage()));
          case 404 -> new Problem(404, "there is nothing at " + what);
          case 405 -> new Problem(405, "this path does not take " + what);
          default -> new Problem(e.getStatus(), String.valueOf(e.getMessage()));
        });
  }

  /** Javalin decodes a path before any handler sees it, and does not say what was wrong. */
  private static Problem badRequest(String rawPath, String detail) {
    try {
      RequestPath.decode(rawPath);
      return new Problem(400, detail);
    } catch (ProblemException e) {
      return e.problem();
    }
  }

  /** Adds a path that is read, by GET and by HEAD: Javalin would answer 200 to any HEAD. */
  public static void get(RoutesConfig routes, String path, Handler handler) {
    routes.get(path, handler);
    routes.head(path, handler);
  }

  /** Answers {@code context} with {@code problem}. */
  public static void answer(Context context, Problem problem) {
    RequestBody.discard(context.req());
    context.status(problem.status()).contentType(Problem.MEDIA_TYPE).result(problem.json());
  }

  /** The port that it listens on. */
  public int port() {
    return javalin.port();
  }

  /** Closes the socket and every connection. Idempotent. */
  @Override
  public void close() {
    javalin.stop();
  }
}
