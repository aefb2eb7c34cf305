package dev.watchhub.bench.fanout;

import java.util.Optional;
import java.util.OptionalLong;

/** A server of event streams under test, with a way to publish. Lives as long as the benchmark. */
interface Service extends AutoCloseable {
  /** On 127.0.0.1. */
  int port();

  /** Path and query of a subscriber's request, with {@code {i}} for its number. */
  String path(Layout layout);

  /** A new connection; the caller closes it. */
  Publisher publisher();

  /** The process that serves the streams, with its children. */
  ProcessHandle process();

  /** The database that the events pass through; empty where there is none. */
  Optional<ProcessHandle> database();

  /** What is in use on the heap of a JVM, after a full collection; empty for any other process. */
  OptionalLong heapBytes();

  @Override
  void close();
}
