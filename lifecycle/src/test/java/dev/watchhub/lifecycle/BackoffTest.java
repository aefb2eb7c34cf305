package dev.watchhub.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofSeconds(2);

  @Test
  void doublesBetweenHalfAndWholeUpToItsLimit() {
    Backoff backoff = Backoff.between(FIRST, LIMIT);
    assertThat(backoff.delay()).isZero();
    for (long whole : new long[] {50, 100, 200, 400, 800, 1600, 2000, 2000}) {
      backoff = backoff.next();
      for (int i = 0; i < 100; i++) {
        assertThat(backoff.delay())
            .isBetween(Duration.ofMillis(whole / 2), Duration.ofMillis(whole));
      }
    }
  }

  @Test
  void isNotTheSameForAll() {
    Backoff backoff = new Backoff(FIRST, LIMIT, 20);
    Duration one = backoff.delay();
    boolean differs = false;
    for (int i = 0; i < 100; i++) {
      differs |= !backoff.delay().equals(one);
    }
    assertThat(differs).isTrue();
  }

  @Test
  void staysWithinItsLimitAfterAnyNumberOfFailures() {
    Backoff backoff = Backoff.between(FIRST, LIMIT);
    for (int i = 0; i < 10_000; i++) {
      backoff = backoff.next();
      assertThat(backoff.delay()).isBetween(FIRST.dividedBy(2), LIMIT);
    }
    Backoff last = new Backoff(FIRST, LIMIT, Integer.MAX_VALUE);
    assertThat(last.next().delay()).isBetween(LIMIT.dividedBy(2), LIMIT);
    assertThat(last.next().next()).isEqualTo(last);
  }

  @Test
  void takesALimitAsLongAsThereIs() {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE);
    Backoff backoff = Backoff.between(Duration.ofDays(100), longest);
    for (int i = 0; i < 100; i++) {
      backoff = backoff.next();
      assertThat(backoff.delay()).isBetween(Duration.ofDays(50), longest);
    }
    assertThat(backoff.delay()).isGreaterThanOrEqualTo(longest.dividedBy(2));
  }

  @Test
  void startsAnewAfterAHealthyPeriod() {
    Backoff backoff = Backoff.between(FIRST, LIMIT);
    assertThat(backoff.next().next().reset()).isEqualTo(backoff);
    assertThat(backoff.reset()).isSameAs(backoff);
  }

  @Test
  void refusesDelaysThatAreNone() {
    for (Duration first :
        new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(1)}) {
      assertThatThrownBy(() -> Backoff.between(first, LIMIT))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
