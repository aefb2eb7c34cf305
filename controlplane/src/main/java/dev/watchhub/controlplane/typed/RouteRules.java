package dev.watchhub.controlplane.typed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.watchhub.http.ProblemException;
import dev.watchhub.http.RequestPath;
import dev.watchhub.protocol.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a schema cannot say of a route. Schema and rules together take nothing that a data plane of
 * the same version would refuse.
 */
final class RouteRules {
  private static final int MAX_URI_CHARS = 2048;
  private static final List<String> NUMBERS =
      List.of("priority", "connectTimeoutMillis", "responseTimeoutMillis");
  private static final String UPSTREAMS = "/upstreams/";
  private static final String EXPECTED_REFERENCE =
      "the name of an upstream: what its key has after " + UPSTREAMS;
  private static final Pattern EMPTY_OR_DOTS = Pattern.compile("/(\\.{0,2})(/|$)");

  private RouteRules() {}

  /** All that is wrong with these fields, as far as each has the type that it should have. */
  static List<ValueFault> faults(JsonNode route) {
    List<ValueFault> faults = new ArrayList<>();
    JsonNode uri = route.path("uri");
    if (uri.isTextual()) {
      String expected = expectedUri(uri.textValue());
      if (expected != null) {
        faults.add(ValueFault.of("/uri", uri, expected));
      }
    }
    JsonNode strip = route.path("stripPrefix");
    if (strip.asBoolean() && uri.isTextual() && !uri.textValue().endsWith("/*")) {
      faults.add(ValueFault.of("/stripPrefix", strip, "false, or a 'uri' that ends in '/*'"));
    }
    for (String name : NUMBERS) {
      UpstreamRules.wholeNumber("", route, name).ifPresent(faults::add);
    }
    JsonNode upstream = route.path("upstream");
    if (upstream.isTextual()) {
      UpstreamRules.url("/upstream", upstream).ifPresent(faults::add);
    } else if (upstream.isArray()) {
      faults.addAll(UpstreamRules.nodes("/upstream", upstream));
    }
    reference(route)
        .filter(name -> !isKey(UPSTREAMS + name))
        .ifPresent(
            name ->
                faults.add(
                    ValueFault.of("/upstream/ref", upstream.get("ref"), EXPECTED_REFERENCE)));
    return faults;
  }

  /**
   * The name of the upstream that a route refers to: what its key has after {@code /upstreams/}.
   */
  static Optional<String> reference(JsonNode route) {
    return Optional.ofNullable(route.path("upstream").path("ref").textValue());
  }

  private static boolean isKey(String key) {
    return isText(key) && Key.violation(key).isEmpty();
  }

  /** Whether it is made of characters, and not of halves of them. */
  private static boolean isText(String text) {
    return UTF_8.newEncoder().canEncode(text);
  }

  /** What the path should have been; null if it can be taken. */
  private static @Nullable String expectedUri(String uri) {
    if (!uri.startsWith("/") || uri.length() > MAX_URI_CHARS) {
      return "a path that starts with '/' and has at most " + MAX_URI_CHARS + " characters";
    }
    boolean prefix = uri.endsWith("/*");
    String raw = prefix ? uri.substring(0, uri.length() - 2) : uri;
    if (!isText(raw)) {
      return "a path without half of a surrogate pair";
    }
    if (raw.indexOf('*') >= 0) {
      return "'*' as its last segment only";
    }
    String path;
    try {
      path = RequestPath.decode(raw);
    } catch (ProblemException e) {
      return "'%' before two hexadecimal digits only, and UTF-8 in them";
    }
    if (path.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
      return "a path without a backslash or a control character";
    }
    String trimmed = !prefix && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return EMPTY_OR_DOTS.matcher(trimmed).find()
        ? "a path without an empty, '.' or '..' segment"
        : null;
  }
}
