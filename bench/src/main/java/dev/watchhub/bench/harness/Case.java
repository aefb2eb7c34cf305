package dev.watchhub.bench.harness;

/** One load under which every arm is measured, such as a number of writers. */
public interface Case {
  /** How tables, charts and files call it; unique in a run. */
  String label();
}
