package org.espalier.benchmarks;

/**
 * One line of a CSV file.
 *
 * @param bench the benchmark
 * @param subject who was measured
 * @param metric {@code time}, {@code memory} or {@code throughput}
 * @param value the figure
 * @param unit of the figure
 * @param ratio the figure divided by that of the same metric of the subject it is compared with, which is Espalier. For
 *     time and memory, above 1 means that Espalier is faster or smaller; for throughput, below 1 does
 */
public record Row(String bench, String subject, String metric, double value, String unit, double ratio) {}
