package dev.watchhub.bench.report;

import com.fasterxml.jackson.annotation.JsonValue;

/** What became of a figure. */
public enum Verdict {
  REACHED("reached"),
  SHORT("short"),
  NOT_MEASURED("not measured");

  private final String words;

  Verdict(String words) {
    this.words = words;
  }

  @Override
  @JsonValue
  public String toString() {
    return words;
  }
}
