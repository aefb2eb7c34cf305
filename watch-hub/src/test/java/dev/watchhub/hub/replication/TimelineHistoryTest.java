package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.hub.log.Ancestor;
import dev.watchhub.protocol.Lsn;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

final class TimelineHistoryTest {
  private static Ancestor ancestor(int timeline, long end) {
    return new Ancestor(timeline, new Lsn(end), new Lsn(end));
  }

  @Test
  void readsWhereEachTimelineEnded() throws SQLException {
    String file =
        """
        # comment
        1\t0/3000060\tno recovery target specified

        2\t1/A0\tbefore transaction 5
        """;
    assertThat(TimelineHistory.parse(file))
        .containsExactly(ancestor(1, 0x3000060), ancestor(2, 0x1_0000_00A0L));
  }

  @Test
  void refusesALineThatItDoesNotKnow() {
    assertThatThrownBy(() -> TimelineHistory.parse("one\t0/1\n"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("one");
    assertThatThrownBy(() -> TimelineHistory.parse("1\tzero\n")).isInstanceOf(SQLException.class);
  }
}
