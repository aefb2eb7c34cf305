package dev.watchhub.hub.replication;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which transactions a statement could see.
 *
 * @param xmax transactions from here on it could not
 * @param running earlier ones that it could not see either
 * @see <a href="https://www.postgresql.org/docs/18/functions-info.html">pg_snapshot</a>
 */
record Snapshot(long xmax, List<Long> running) {
  private static final Pattern FORM =
      Pattern.compile("\\d{1,18}:(\\d{1,18}):((?:\\d{1,18}(?:,\\d{1,18})*)?)");
  private static final Pattern XID = Pattern.compile("\\d+");

  Snapshot {
    running = List.copyOf(running);
  }

  /** Reads the text of a {@code pg_snapshot}; empty for anything else. */
  static Optional<Snapshot> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<Long> running =
        XID.matcher(matcher.group(2)).results().map(xid -> Long.valueOf(xid.group())).toList();
    return Optional.of(new Snapshot(Long.parseLong(matcher.group(1)), running));
  }

  boolean sees(long xid) {
    return xid < xmax && !running.contains(xid);
  }
}
