package dev.watchhub.bench.machine;

import org.jspecify.annotations.Nullable;

/**
 * What the machine did during a measurement. Null where the system does not tell.
 *
 * @param loadAverageBefore processes that ran or wanted to, over the minute before
 * @param seconds length, with what belongs to the measurement before and after its window
 * @param ownCpuSeconds CPU time of the benchmark and of the servers that it measures
 * @param otherCpuSeconds CPU time of everything else
 */
public record Load(
    @Nullable Double loadAverageBefore,
    double seconds,
    @Nullable Double ownCpuSeconds,
    @Nullable Double otherCpuSeconds) {}
