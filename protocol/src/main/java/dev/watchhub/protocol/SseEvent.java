package dev.watchhub.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One server-sent event.
 *
 * @param name from {@code event:}, {@code message} when there was none
 * @param id from {@code id:}; null when there was none, empty when it clears the last one
 * @param data the {@code data:} lines, joined by a newline
 */
public record SseEvent(String name, @Nullable String id, String data) {}
