package dev.watchhub.bench.harness;

/** An arm that was not measured under a case, with the reason. */
public record Skipped(String testCase, String arm, String reason) {}
