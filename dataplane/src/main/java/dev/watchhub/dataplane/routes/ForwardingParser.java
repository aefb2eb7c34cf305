package dev.watchhub.dataplane.routes;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads those fields of a route that say how its requests are passed on. */
final class ForwardingParser {
  private static final int MAX_CONNECT_MILLIS = 30_000;
  private static final int MAX_RESPONSE_MILLIS = 3_600_000;
  private static final Pattern HOST_HEADER =
      Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(:[0-9]{1,5})?");

  private ForwardingParser() {}

  /**
   * Reads the fields.
   *
   * @param uri of the same route
   * @throws BadValueException naming the first that cannot be taken
   */
  static Forwarding parse(JsonNode fields, UriPattern uri) {
    Forwarding read =
        new Forwarding(
            flag(fields, "stripPrefix"),
            hostHeader(fields),
            millis(fields, "connectTimeoutMillis", MAX_CONNECT_MILLIS),
            millis(fields, "responseTimeoutMillis", MAX_RESPONSE_MILLIS));
    if (read.stripPrefix() && !uri.prefix()) {
      throw new BadValueException("'stripPrefix' needs a 'uri' that ends in '/*'");
    }
    return read.equals(Forwarding.PLAIN) ? Forwarding.PLAIN : read;
  }

  private static boolean flag(JsonNode fields, String name) {
    if (!fields.hasNonNull(name)) {
      return false;
    }
    if (!fields.get(name).isBoolean()) {
      throw new BadValueException("'" + name + "' must be true or false");
    }
    return fields.get(name).booleanValue();
  }

  private static String hostHeader(JsonNode fields) {
    String host = RouteParser.optionalText(fields, "hostHeader");
    if (host.isEmpty()) {
      return Forwarding.KEEP;
    }
    if (host.length() > HostPattern.MAX_CHARS + 6 || !HOST_HEADER.matcher(host).matches()) {
      throw new BadValueException(
          "'hostHeader' must be 'keep', 'upstream', or a host name with or without a port");
    }
    return host;
  }

  private static @Nullable Duration millis(JsonNode fields, String name, int max) {
    OptionalInt millis = number(fields, name, 1, max);
    return millis.isPresent() ? Duration.ofMillis(millis.getAsInt()) : null;
  }

  /**
   * A whole number; empty when the field is missing.
   *
   * @throws BadValueException if it is none between {@code min} and {@code max}
   */
  static OptionalInt number(JsonNode fields, String name, int min, int max) {
    if (!fields.hasNonNull(name)) {
      return OptionalInt.empty();
    }
    JsonNode number = fields.get(name);
    if (!number.isIntegralNumber()
        || !number.canConvertToInt()
        || number.intValue() < min
        || number.intValue() > max) {
      throw new BadValueException("'" + name + "' must be a whole number of " + min + " to " + max);
    }
    return OptionalInt.of(number.intValue());
  }
}
