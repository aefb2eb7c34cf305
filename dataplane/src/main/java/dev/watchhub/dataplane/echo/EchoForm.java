package dev.watchhub.dataplane.echo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Attributes;

/**
 * A body as a form, of either kind.
 *
 * @param isForm whether its type says that it is one
 * @param fields a string, or a list where a name stands more than once
 * @param files likewise
 */
record EchoForm(boolean isForm, Map<String, Object> fields, Map<String, Object> files) {
  static EchoForm read(String contentType, byte[] body) {
    String type = contentType.split(";", 2)[0].strip();
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "application/x-www-form-urlencoded" ->
          new EchoForm(true, decoded(EchoAnswer.text(body)), Map.of());
      case "multipart/form-data" -> multipart(contentType, body);
      default -> new EchoForm(false, Map.of(), Map.of());
    };
  }

  /** The parameters of a query or an urlencoded form; what cannot be decoded stays as it is. */
  static Map<String, Object> decoded(String text) {
    Map<String, Object> fields = new TreeMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()) {
        add(
            fields,
            decodedPiece(equals < 0 ? pair : pair.substring(0, equals)),
            decodedPiece(equals < 0 ? "" : pair.substring(equals + 1)));
      }
    }
    return fields;
  }

  private static String decodedPiece(String piece) {
    try {
      return URLDecoder.decode(piece, UTF_8);
    } catch (IllegalArgumentException e) {
      return piece;
    }
  }

  private static EchoForm multipart(String contentType, byte[] body) {
    MultiPartConfig limits =
        new MultiPartConfig.Builder().maxMemoryPartSize(body.length).maxSize(body.length).build();
    Map<String, Object> fields = new TreeMap<>();
    Map<String, Object> files = new TreeMap<>();
    try (MultiPartFormData.Parts parts =
        MultiPartFormData.getParts(
            Content.Source.from(ByteBuffer.wrap(body)),
            new Attributes.Mapped(),
            contentType,
            limits)) {
      for (MultiPart.Part part : parts) {
        String content =
            EchoAnswer.text(Content.Source.asInputStream(part.getContentSource()).readAllBytes());
        add(part.getFileName() == null ? fields : files, part.getName(), content);
      }
    } catch (IOException | RuntimeException e) {
      throw new ProblemException(
          new Problem(400, "the body says that it is a form, but cannot be read as one"));
    }
    return new EchoForm(true, fields, files);
  }

  private static void add(Map<String, Object> fields, String name, String value) {
    fields.merge(
        name,
        value,
        (before, ignored) -> {
          List<Object> all = new ArrayList<>();
          if (before instanceof List<?> list) {
            all.addAll(list);
          } else {
            all.add(before);
          }
          all.add(value);
          return all;
        });
  }
}
