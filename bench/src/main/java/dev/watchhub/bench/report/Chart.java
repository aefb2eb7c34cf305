package dev.watchhub.bench.report;

/**
 * A picture that answers one question.
 *
 * @param fileName such as {@code writers-puts.svg}
 * @param svg the file's content
 */
public record Chart(String fileName, String svg) {}
