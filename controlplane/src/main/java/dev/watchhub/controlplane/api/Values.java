package dev.watchhub.controlplane.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.watchhub.http.ProblemException;
import java.io.IOException;

/** How a collection's values look in requests, in the table and in answers. */
interface Values {
  /** Whether they are JSON in a request, rather than the text of a string. */
  boolean json();

  /** Whether values of other collections refer to keys of this one. */
  boolean referredTo();

  /**
   * What to store for a request's body.
   *
   * @throws ProblemException 400 naming the field that cannot be taken
   */
  StoredValue stored(String body);

  /** Writes the fields of an answer that tell a stored value, into an object that is open. */
  void write(JsonGenerator out, String stored) throws IOException;

  /** The base64 that stands for a stored value in an answer of plain text. */
  String base64(String stored);
}
