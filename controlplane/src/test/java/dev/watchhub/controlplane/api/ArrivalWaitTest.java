package dev.watchhub.controlplane.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.http.ProblemException;
import dev.watchhub.http.QueryParameters;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalWaitTest {
  private static ArrivalWait of(String query) {
    return ArrivalWait.of(QueryParameters.parse(query, Set.of("wait")));
  }

  @Test
  void readsHowManyNodesAndHowLong() {
    assertThat(of("")).isEqualTo(ArrivalWait.NONE);
    assertThat(of("wait=applied:all,5s")).isEqualTo(new ArrivalWait(0, Duration.ofSeconds(5)));
    assertThat(of("wait=applied:2,250ms")).isEqualTo(new ArrivalWait(2, Duration.ofMillis(250)));
    assertThat(of("wait=applied:2")).isEqualTo(new ArrivalWait(2, Duration.ofSeconds(5)));
    assertThat(of("wait=applied:all,60s")).isEqualTo(new ArrivalWait(0, Duration.ofMinutes(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "applied",
        "applied:",
        "applied:0",
        "applied:-1",
        "applied:100000",
        "applied:all,",
        "applied:all,5",
        "applied:all,0s",
        "applied:all,61s",
        "applied:all,60001ms",
        "applied:all,5s,",
        "applied:all,99999999999s",
        "sent:all,5s"
      })
  void refusesAnotherForm(String value) {
    assertThatThrownBy(() -> of("wait=" + value))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("applied:all,5s");
  }
}
