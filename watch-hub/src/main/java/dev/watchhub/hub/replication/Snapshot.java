package dev.watchhub.hub.replication;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which transactions a statement could see.
 *
 * @param xmax transactions from here on it could not
 * @param running earlier ones that it could not see either
 * @see <a href="https://www.postgresql.org/docs/18/functions-info.html">pg_snapshot</a>
 */
public record Snapshot(long xmax, List<Long> running) {
  private static final Pattern FORM =
      Pattern.compile("\\d{1,18}:(\\d{1,18}):((?:\\d{1,18}(?:,\\d{1,18})*)?)");
  private static final Pattern XID = Pattern.compile("\\d+");

  public Snapshot {
    running = List.copyOf(running);
  }

  /** Reads the text of a {@code pg_snapshot}; empty for anything else. */
  public static Optional<Snapshot> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<Long> running =
        XID.matcher(matcher.group(2)).results().map(xid -> Long.valueOf(xid.group())).toList();
    return Optional.of(new Snapshot(Long.parseLong(matcher.group(1)), running));
  }

  /** Whether the transaction had ended: committed, with its rows visible, or rolled back. */
  public boolean sees(long xid) {
    return xid < xmax && !running.contains(xid);
  }

  /** The transactions below {@code xid} that had not ended. */
  public Set<Long> unendedBelow(long xid) {
    Set<Long> unended = new HashSet<>();
    running.stream().filter(each -> each < xid).forEach(unended::add);
    for (long each = xmax; each < xid; each++) {
      unended.add(each);
    }
    return unended;
  }

  /** The text of a {@code pg_snapshot} that sees the same. */
  public String text() {
    long xmin = running.stream().mapToLong(Long::longValue).min().orElse(xmax);
    return running.stream()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(",", xmin + ":" + xmax + ":", ""));
  }
}
