package dev.watchhub.http;

import java.io.Serial;

/** Ends a request with a {@link Problem}. Carries no stack trace: it is an answer, not a fault. */
public final class ProblemException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  /** Ends the request with {@code problem}. */
  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /** What to answer. */
  public Problem problem() {
    return problem;
  }
}
