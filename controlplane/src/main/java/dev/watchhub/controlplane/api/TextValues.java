package dev.watchhub.controlplane.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import java.io.IOException;
import java.util.Base64;

/** Values of any text, as it is. */
final class TextValues implements Values {
  @Override
  public boolean json() {
    return false;
  }

  @Override
  public boolean referredTo() {
    return false;
  }

  @Override
  public StoredValue stored(String body) {
    if (body.indexOf('\0') >= 0) {
      throw new ProblemException(
          Problem.badField(
              "body", "the body has a NUL character (U+0000), which PostgreSQL cannot store"));
    }
    return new StoredValue(body, false);
  }

  @Override
  public void write(JsonGenerator out, String stored) throws IOException {
    out.writeStringField("value", stored);
  }

  @Override
  public String base64(String stored) {
    return Base64.getEncoder().encodeToString(stored.getBytes(UTF_8));
  }
}
