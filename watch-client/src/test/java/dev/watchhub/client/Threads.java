package dev.watchhub.client;

import java.util.List;
import java.util.stream.Stream;

/** The threads of this JVM. */
final class Threads {
  private Threads() {}

  /** Names of the live threads that start with one of these. */
  static List<String> of(String... prefixes) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> Stream.of(prefixes).anyMatch(name::startsWith))
        .toList();
  }
}
