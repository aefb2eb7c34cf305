package dev.watchhub.hub.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.hub.log.Ancestor;
import dev.watchhub.protocol.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a timeline came from.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-replication.html">TIMELINE_HISTORY</a>
 */
final class TimelineHistory {
  private static final Pattern LINE = Pattern.compile("\\s*(\\d{1,9})\\s+(\\S+)");

  private TimelineHistory() {}

  /** The timelines before {@code timeline}, asked on a replication connection. */
  static List<Ancestor> ask(Connection replication, int timeline) throws SQLException {
    if (timeline == 1) {
      return List.of();
    }
    try (Statement statement = replication.createStatement();
        ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
      row.next();
      return parse(new String(row.getBytes("content"), UTF_8));
    }
  }

  /** Reads a history file: on each line a timeline, its end, and a reason that does not matter. */
  static List<Ancestor> parse(String content) throws SQLException {
    List<Ancestor> ancestors = new ArrayList<>();
    for (String line : content.lines().toList()) {
      Matcher fields = LINE.matcher(line);
      if (fields.lookingAt()) {
        Lsn end =
            Lsn.parse(fields.group(2))
                .orElseThrow(() -> new SQLException("no LSN in the timeline history: " + line));
        ancestors.add(new Ancestor(Integer.parseInt(fields.group(1)), end, end));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new SQLException("a line of the timeline history cannot be read: " + line);
      }
    }
    return ancestors;
  }
}
