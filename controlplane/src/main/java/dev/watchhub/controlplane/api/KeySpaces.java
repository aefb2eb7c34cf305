package dev.watchhub.controlplane.api;

import java.util.Comparator;
import java.util.List;

/** All key spaces of the API; one of them takes every key. */
record KeySpaces(List<KeySpace> all) {
  KeySpaces {
    all = List.copyOf(all);
  }

  /** The space whose rules the values of {@code key} keep: the one with the longest prefix. */
  KeySpace of(String key) {
    return all.stream()
        .filter(space -> key.startsWith(space.prefix()))
        .max(Comparator.comparing(space -> space.prefix().length()))
        .orElseThrow(() -> new IllegalArgumentException("no key: " + key));
  }
}
