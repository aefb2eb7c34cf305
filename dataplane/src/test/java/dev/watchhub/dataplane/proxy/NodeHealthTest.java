package dev.watchhub.dataplane.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeHealthTest {
  private static final String NODE = "http://a:80";

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // it may overflow
  private final NodeHealth health = new NodeHealth(now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void setsAsideWhoeverCouldNotBeConnectedTo() {
    assertThat(health.isEligible(NODE, true)).isTrue();

    health.failed(NODE);

    assertThat(health.isEligible(NODE, true)).isFalse();
    assertThat(health.claim(NODE)).isFalse();
    assertThat(health.setAside()).containsExactly("http://a:80");
  }

  @Test
  void oneRequestTriesAgainWhenTheTimeHasCome() {
    health.failed(NODE);
    pass(Duration.ofSeconds(1));

    assertThat(health.isEligible(NODE, false)).isFalse();
    assertThat(health.isEligible(NODE, true)).isTrue();
    assertThat(health.isDue(NODE)).isTrue();
    assertThat(health.claim(NODE)).isTrue();
    assertThat(health.isDue(NODE)).isFalse();
    assertThat(health.claim(NODE)).isFalse();
    assertThat(health.isEligible(NODE, true)).isFalse();

    health.succeeded(NODE);

    assertThat(health.claim(NODE)).isTrue();
    assertThat(health.setAside()).isEmpty();
  }

  @Test
  void waitsLongerAfterEachAttemptAndCountsAFloodOfFailuresOnce() {
    for (int i = 0; i < 100; i++) {
      health.failed(NODE);
    }
    pass(Duration.ofSeconds(1));
    for (int i = 0; i < 10; i++) {
      assertThat(health.claim(NODE)).isTrue();
      health.failed(NODE);
      pass(Duration.ofMillis(499));
      assertThat(health.isEligible(NODE, true)).isFalse();
      pass(Duration.ofSeconds(30));
    }
    assertThat(health.isEligible(NODE, true)).isTrue();
  }

  @Test
  void forgetsWhoIsNotAskedAnyMore() {
    health.failed(NODE);
    pass(Duration.ofMinutes(11));

    assertThat(health.setAside()).isEmpty();
  }
}
