package dev.watchhub.controlplane;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.watchhub.controlplane.api.ValueEncoding;
import dev.watchhub.http.ListenAddress;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A control plane under test, called over HTTP as a user would. */
final class Admin implements AutoCloseable {
  /** An answer: its text, and its JSON if it is some. */
  record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String text() {
      return response.body();
    }

    JsonNode json() {
      try {
        return MAPPER.readTree(text());
      } catch (JsonProcessingException e) {
        throw new AssertionError("no JSON: " + text(), e);
      }
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    long revision() {
      return json().path("revision").asLong();
    }
  }

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ControlPlane controlPlane;

  private Admin(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  static Admin of(TestSchema schema) {
    return of(options(schema));
  }

  static Admin of(TestSchema schema, ValueEncoding encoding, int maxValueBytes) {
    return of(options(schema).withValues(encoding, maxValueBytes));
  }

  static Admin of(ControlPlaneOptions options) {
    return new Admin(ControlPlane.start(options));
  }

  static ControlPlaneOptions options(TestSchema schema) {
    return ControlPlaneOptions.of(ListenAddress.loopback(0), schema.jdbcUrl())
        .withSchema(schema.name());
  }

  /** A key as it stands in a URL, percent-encoded by segment. */
  static String encoded(String key) {
    return URLEncoder.encode(key, UTF_8).replace("+", "%20").replace("%2F", "/");
  }

  int port() {
    return controlPlane.port();
  }

  Answer get(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), headers);
  }

  Answer put(String path, String body, String... headers) {
    return send("PUT", path, BodyPublishers.ofString(body), headers);
  }

  Answer delete(String path, String... headers) {
    return send("DELETE", path, BodyPublishers.noBody(), headers);
  }

  Answer send(String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return new Answer(HTTP.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    controlPlane.close();
  }
}
