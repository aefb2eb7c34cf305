package dev.watchhub.controlplane.api;

import dev.watchhub.controlplane.store.BrokenReferencesException;
import dev.watchhub.controlplane.store.Reference;
import dev.watchhub.http.Excerpt;
import dev.watchhub.http.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The answer to a write that would leave references which do not hold: one place for every call.
 */
final class ReferenceProblem {
  /** Most references that an answer lists. */
  private static final int MAX_LISTED = 20;

  private ReferenceProblem() {}

  /** 409 that names the first, and lists as many as it may. */
  static Problem of(BrokenReferencesException e) {
    List<Reference> listed = e.references().subList(0, Math.min(MAX_LISTED, e.references().size()));
    String more =
        listed.size() == 1 ? "" : ", and %d more in 'errors'".formatted(listed.size() - 1);
    String rest = listed.size() == e.references().size() ? "" : ", which does not list all";
    return new Problem(
            409,
            sentence(listed.get(0), e.dangling()) + more + rest,
            Map.of(
                "errors",
                listed.stream()
                    .map(
                        reference -> {
                          Map<String, String> error = new LinkedHashMap<>();
                          error.put("key", reference.key());
                          error.put("pointer", "/upstream/ref");
                          error.put("detail", sentence(reference, e.dangling()));
                          return error;
                        })
                    .toList()))
        .ofType(e.dangling() ? "dangling-reference" : "referred-to");
  }

  private static String sentence(Reference reference, boolean dangling) {
    return "'%s' refers to '%s', which %s"
        .formatted(
            Excerpt.of(reference.key()),
            Excerpt.of(reference.upstream()),
            dangling ? "is not there" : "was to be deleted");
  }
}
