package dev.watchhub.controlplane.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serial;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * After a write some references would not hold, so nothing was written. It is thrown and not
 * returned because every kind of write ends so, in the same way.
 */
public final class BrokenReferencesException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** The errors of the schema's functions; their detail has the references. */
  private static final String DANGLING = "WHREF";

  private static final String REFERRED_TO = "WHUSE";

  private final boolean dangling;
  private final transient List<Reference> references;

  private BrokenReferencesException(
      String message, SQLException cause, boolean dangling, List<Reference> references) {
    super(message, cause);
    this.dangling = dangling;
    this.references = List.copyOf(references);
  }

  /** What the server's error says of references; empty if it is another one. */
  static Optional<BrokenReferencesException> of(String doing, SQLException e) {
    boolean dangling = DANGLING.equals(e.getSQLState());
    if (!dangling && !REFERRED_TO.equals(e.getSQLState())) {
      return Optional.empty();
    }
    return Optional.of(
        new BrokenReferencesException(doing + ": " + e.getMessage(), e, dangling, references(e)));
  }

  private static List<Reference> references(SQLException e) {
    List<Reference> references = new ArrayList<>();
    try {
      for (JsonNode one : new JsonMapper().readTree(SqlErrors.detail(e))) {
        references.add(new Reference(one.get("key").textValue(), one.get("upstream").textValue()));
      }
    } catch (JsonProcessingException malformed) {
      throw new IllegalStateException("an error of the schema with another detail", malformed);
    }
    return references;
  }

  /**
   * Whether what was to be written refers to keys that are not there; else keys that were to be
   * deleted are referred to.
   */
  public boolean dangling() {
    return dangling;
  }

  /** The references; 21 at most, though there may be more. */
  public List<Reference> references() {
    return references;
  }
}
