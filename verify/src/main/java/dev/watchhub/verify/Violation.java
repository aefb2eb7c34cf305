package dev.watchhub.verify;

/**
 * A promise that was broken, with the evidence.
 *
 * @param client whose watch it was
 * @param step where in the history, from 0; the number of its steps when it shows at the end only
 * @param expected what should have come
 * @param came what came
 */
public record Violation(Promise promise, String client, int step, String expected, String came) {
  @Override
  public String toString() {
    return "%s is broken at event %d of %s: expected %s; came %s"
        .formatted(promise, step, client, expected, came);
  }
}
