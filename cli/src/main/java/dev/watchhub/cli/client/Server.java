package dev.watchhub.cli.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * The admin API of one control plane.
 *
 * <p>It is asked by {@link HttpURLConnection}, which a short command has loaded in a fraction of
 * the time that {@code java.net.http} takes.
 *
 * @param url its base
 */
record Server(URI url) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** A statement has 30 s there at most. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(45);

  /** No limit. */
  static final Duration AS_LONG_AS_IT_TAKES = Duration.ZERO;

  /**
   * What it answers.
   *
   * @param status of HTTP
   * @param json an object
   */
  record Answer(int status, JsonNode json) {
    /** What a problem says for people. */
    String detail() {
      return json.path("detail").asText("status " + status + " without a reason");
    }

    /** The answer, unless it is a refusal. */
    JsonNode orRefuse() {
      if (status >= 500) {
        throw ClientException.noAnswer(detail());
      } else if (status >= 300) {
        throw ClientException.refused(detail());
      }
      return json;
    }
  }

  /** The control plane of an option. */
  static Server controlPlane(URI url) {
    if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("(?i)https?")) {
      throw ClientException.usage("--controlplane '" + url + "': expected http://HOST:PORT");
    }
    return new Server(URI.create(url.toString().replaceAll("/+$", "")));
  }

  /** Reads. */
  JsonNode get(String pathAndQuery) {
    return send("GET", pathAndQuery).orRefuse();
  }

  /** Sends a request without a body. */
  Answer send(String method, String pathAndQuery) {
    return send(method, pathAndQuery, Map.of(), new byte[0], ANSWER_LIMIT);
  }

  /** Sends a request with headers and a body. */
  Answer send(String method, String pathAndQuery, Map<String, String> headers, byte[] body) {
    return send(method, pathAndQuery, headers, body, ANSWER_LIMIT);
  }

  /**
   * Sends a request once, and waits for the answer.
   *
   * @param limit longest silence
   * @throws ClientException if there is none, or none of a control plane
   */
  Answer send(
      String method, String path, Map<String, String> headers, byte[] body, Duration limit) {
    HttpURLConnection connection = connect(method, path, headers, body.length, limit);
    try {
      if (connection.getDoOutput()) {
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body);
        }
      }
      int status = connection.getResponseCode();
      try (InputStream in =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        JsonNode json = in == null ? JSON.missingNode() : JSON.readTree(in);
        if (!json.isObject()) {
          throw notOne();
        }
        return new Answer(status, json);
      }
    } catch (JacksonException e) {
      throw notOne();
    } catch (IOException e) {
      throw ClientException.noAnswer(
          "no answer came from the control plane at %s (%s)%s"
              .formatted(
                  url,
                  e.getMessage(),
                  method.equals("GET") ? "" : "; what was asked may have been done"));
    }
  }

  private HttpURLConnection connect(
      String method, String path, Map<String, String> headers, int bytes, Duration limit) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(url + path).toURL().openConnection();
      connection.setRequestMethod(method);
      connection.setInstanceFollowRedirects(false);
      connection.setConnectTimeout(Math.toIntExact(CONNECT_LIMIT.toMillis()));
      connection.setReadTimeout(Math.toIntExact(limit.toMillis()));
      connection.setRequestProperty("Accept", "application/json");
      headers.forEach(connection::setRequestProperty);
      if (!method.equals("GET")) {
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(bytes); // or it sends again what broke
      }
      connection.connect();
      return connection;
    } catch (IOException e) {
      throw ClientException.noAnswer(
          "no control plane answers at %s (%s)".formatted(url, e.getMessage()));
    }
  }

  private ClientException notOne() {
    return ClientException.noAnswer("what answers at " + url + " is no control plane");
  }
}
