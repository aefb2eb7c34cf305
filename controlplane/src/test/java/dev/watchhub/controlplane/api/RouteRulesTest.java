package dev.watchhub.controlplane.api;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.watchhub.http.ProblemException;
import dev.watchhub.testkit.RouteValue;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RouteRulesTest {
  static List<RouteValue> values() {
    return RouteValue.table();
  }

  @ParameterizedTest
  @MethodSource("values")
  void takesWhatTheTableSays(RouteValue row) throws Exception {
    ObjectNode route = (ObjectNode) new JsonMapper().readTree(row.value());

    if (row.verdict() == RouteValue.Verdict.TAKEN) {
      assertThatCode(() -> RouteRules.check(route)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> RouteRules.check(route)).isInstanceOf(ProblemException.class);
    }
  }
}
