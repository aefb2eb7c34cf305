package dev.watchhub.dataplane.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RotationTest {
  private final Upstream upstream = new Upstream(List.of(node("a", 5), node("b", 1), node("c", 1)));

  private static UpstreamNode node(String host, int weight) {
    return UpstreamNode.parse("http://" + host, weight, "'upstream'");
  }

  private String turns(int count, String without) {
    StringBuilder turns = new StringBuilder();
    for (int i = 0; i < count; i++) {
      upstream.next(node -> !node.host().equals(without)).ifPresent(n -> turns.append(n.host()));
    }
    return turns.toString();
  }

  @Test
  void spreadsTheTurnsOfAHeavyNode() {
    assertThat(turns(14, "")).isEqualTo("aabacaaaabacaa");
  }

  @Test
  void sharesAmongTheEligibleByTheirWeights() {
    assertThat(turns(6, "b").chars().filter(c -> c == 'c').count()).isEqualTo(1);
    assertThat(turns(4, "a")).isEqualTo("bcbc");
  }

  @Test
  void hasNobodyWhereNobodyIsEligible() {
    assertThat(upstream.next(node -> false)).isEmpty();
    assertThat(new Upstream(List.of(node("a", 1))).next(node -> false)).isEmpty();
  }
}
