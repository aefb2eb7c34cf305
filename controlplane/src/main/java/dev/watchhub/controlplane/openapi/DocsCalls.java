package dev.watchhub.controlplane.openapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.controlplane.typed.CollectionType;
import dev.watchhub.http.HttpServer;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code GET /openapi.json}, and {@code GET /docs}, which shows it in Swagger UI. All that the page
 * needs comes from here.
 */
public final class DocsCalls {
  /** As in the pom; a test finds the files. */
  private static final String VERSION = "5.34.1";

  private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/" + VERSION + "/";
  private static final Map<String, String> FILES =
      Map.of(
          "swagger-ui.css", "text/css",
          "swagger-ui-bundle.js", "text/javascript",
          "favicon-32x32.png", "image/png");
  private static final String START = "start.js";

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>watchhub: the admin API</title>
      <link rel="stylesheet" href="/docs/swagger-ui.css">
      <link rel="icon" href="/docs/favicon-32x32.png">
      </head>
      <body>
      <div id="ui"></div>
      <script src="/docs/swagger-ui-bundle.js"></script>
      <script src="/docs/start.js"></script>
      </body>
      </html>
      """;

  /** The validator of the project is another host. */
  private static final String SCRIPT =
      "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', validatorUrl: null });\n";

  /** Swagger UI sets styles, and has images as data. */
  private static final String POLICY =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

  private final byte[] description;

  /** Describes an API with these typed collections. */
  public DocsCalls(List<CollectionType> types) {
    try {
      description = new JsonMapper().writeValueAsBytes(OpenApi.of(types));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing JSON to memory", e);
    }
  }

  /** Adds the calls to a server. */
  public void addTo(RoutesConfig routes) {
    HttpServer.get(routes, "/openapi.json", this::description);
    HttpServer.get(routes, "/docs", DocsCalls::page);
    HttpServer.get(routes, "/docs/{file}", DocsCalls::file);
  }

  private void description(Context context) {
    QueryParameters.parse(context.queryString(), Set.of());
    context.contentType("application/json").result(description);
  }

  private static void page(Context context) {
    answer(context, "text/html;charset=utf-8", PAGE.getBytes(UTF_8));
  }

  private static void file(Context context) {
    String name = context.pathParam("file");
    if (name.equals(START)) {
      answer(context, "text/javascript", SCRIPT.getBytes(UTF_8));
      return;
    }
    String type = FILES.get(name);
    if (type == null) {
      throw new ProblemException(new Problem(404, "there is no file of that name under /docs"));
    }
    try (InputStream file = DocsCalls.class.getResourceAsStream(WEBJAR + name)) {
      if (file == null) {
        throw new IllegalStateException("Swagger UI " + VERSION + " is not in the class path");
      }
      answer(context, type, file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + name, e);
    }
  }

  private static void answer(Context context, String type, byte[] bytes) {
    context.header("Content-Security-Policy", POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.contentType(type).result(bytes);
  }
}
