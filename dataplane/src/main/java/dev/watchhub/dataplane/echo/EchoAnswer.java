package dev.watchhub.dataplane.echo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * What a request said, in the fields of httpbin's {@code /anything}.
 *
 * @param args parameters of the query; an array where a name stands more than once
 * @param data the body, unless it is a form; as a {@code data:} URL when it is not UTF-8
 * @param files files of a multipart form
 * @param form fields of a form
 * @param headers with canonical capitals; fields of one name joined by a comma
 * @param json the body if it is JSON, else null
 * @param origin address of the client, which behind a proxy is the proxy
 * @param url with the host that the client asked for
 */
@JsonPropertyOrder(alphabetic = true)
record EchoAnswer(
    Map<String, Object> args,
    String data,
    Map<String, Object> files,
    Map<String, Object> form,
    Map<String, String> headers,
    JsonNode json,
    String method,
    String origin,
    String url) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /**
   * The answer to {@code request}.
   *
   * @throws dev.watchhub.http.ProblemException 400 if the body is no form though it says so
   */
  static EchoAnswer to(Request request, byte[] body) {
    String type = Objects.requireNonNullElse(request.getHeaders().get(HttpHeader.CONTENT_TYPE), "");
    EchoForm form = EchoForm.read(type, body);
    return new EchoAnswer(
        EchoForm.decoded(Objects.requireNonNullElse(request.getHttpURI().getQuery(), "")),
        form.isForm() ? "" : text(body),
        form.files(),
        form.fields(),
        headers(request),
        json(body),
        request.getMethod(),
        Request.getRemoteAddr(request),
        request.getHttpURI().asString());
  }

  /** UTF-8 as text, anything else as a {@code data:} URL. */
  static String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return "data:application/octet-stream;base64," + Base64.getEncoder().encodeToString(bytes);
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode node = MAPPER.readTree(body);
      return node.isMissingNode() ? NullNode.getInstance() : node;
    } catch (IOException e) {
      return NullNode.getInstance();
    }
  }

  private static Map<String, String> headers(Request request) {
    Map<String, String> headers = new TreeMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.merge(
          canonical(field.getName()),
          String.valueOf(field.getValue()),
          (first, second) -> first + "," + second);
    }
    return headers;
  }

  private static String canonical(String name) {
    StringBuilder capitals = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      boolean first = i == 0 || name.charAt(i - 1) == '-';
      char c = name.charAt(i);
      capitals.append(first ? Character.toUpperCase(c) : Character.toLowerCase(c));
    }
    return capitals.toString();
  }
}
