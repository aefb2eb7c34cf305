package dev.watchhub.dataplane.routes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A route that does not get requests which it claims, because another one of the same {@code uri}
 * and {@code host} comes first.
 *
 * @param key of the route that loses
 * @param winners the methods that each winner takes, by its key; none for all methods
 */
public record Shadowed(String key, Map<String, Set<String>> winners) {
  public Shadowed {
    Map<String, Set<String>> copy = new LinkedHashMap<>();
    winners.forEach((winner, methods) -> copy.put(winner, Set.copyOf(methods)));
    winners = copy;
  }

  /** For the log: who loses what to whom. */
  @Override
  public String toString() {
    return key
        + " claims what another route has: "
        + winners.entrySet().stream()
            .map(
                entry ->
                    entry.getKey()
                        + " takes "
                        + (entry.getValue().isEmpty()
                            ? "all methods"
                            : String.join(", ", entry.getValue().stream().sorted().toList())))
            .collect(Collectors.joining("; "));
  }
}
