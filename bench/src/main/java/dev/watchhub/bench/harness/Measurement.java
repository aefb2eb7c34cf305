package dev.watchhub.bench.harness;

import dev.watchhub.bench.machine.Load;

/**
 * One arm under one case in one round.
 *
 * @param round from 1
 * @param load what the machine did meanwhile
 */
public record Measurement(String testCase, String arm, int round, Values values, Load load) {}
