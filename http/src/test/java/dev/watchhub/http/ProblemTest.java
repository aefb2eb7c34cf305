package dev.watchhub.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProblemTest {
  @Test
  void isALineOfJson() {
    assertThat(
            new String(new Problem(404, "there is no \"é\"\n", Map.of("key", "/a")).json(), UTF_8))
        .isEqualTo(
            """
            {"type":"/problems/not-found","title":"Not Found","status":404,"detail":"there is no \\"é\\"\\n","key":"/a"}
            """);
  }

  @Test
  void namesTheFieldThatIsWrong() {
    assertThat(Problem.badField("rev", "no number"))
        .isEqualTo(new Problem("/problems/bad-field", 400, "no number", Map.of("field", "rev")));
  }

  @Test
  void hasANarrowerTypeThanItsStatusOnlyWhereOneIsGiven() {
    Problem runs = new Problem(409, "it runs");
    assertThat(runs.type()).isEqualTo("/problems/conflict");
    assertThat(runs.ofType("compaction-runs"))
        .isEqualTo(new Problem("/problems/compaction-runs", 409, "it runs", Map.of()));
  }
}
