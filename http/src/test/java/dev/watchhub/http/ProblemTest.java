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
  void hasItsFurtherFieldsInTheSameOrderAtEveryStart() {
    Map<String, Object> more = Map.of("f", 1, "e", 2, "d", 3, "c", 4, "b", 5, "a", 6);
    assertThat(new String(new Problem(404, "none", more).json(), UTF_8))
        .contains("\"detail\":\"none\",\"a\":6,\"b\":5,\"c\":4,\"d\":3,\"e\":2,\"f\":1}");
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
