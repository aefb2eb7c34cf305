package dev.watchhub.client;

import dev.watchhub.client.ListenConnection.Answer;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database itself, followed by asking what has changed whenever a notification says so; the
 * token of the last answer says where to go on.
 */
final class NotifySource implements Source {
  /** Asking without a hint also shows that the connection lives. */
  static final Duration HINT_LIMIT = Duration.ofSeconds(10);

  /** The same while somebody waits for it. */
  private static final Duration HURRIED_LIMIT = Duration.ofMillis(50);

  /** How long it may take until it notices that somebody waits for it. */
  private static final Duration SLICE = Duration.ofMillis(250);

  private static final Duration MOST_PATIENCE = Duration.ofMinutes(5);
  private static final Logger LOG = LoggerFactory.getLogger(NotifySource.class);
  private static final String INVALID_PARAMETER = "22023";

  // Fixed at construction.
  private final String jdbcUrl;
  private final String schema;
  private final List<String> prefixes;
  private final Duration hintLimit;
  private final boolean joining;

  // The loop's thread only.
  private @Nullable String token;
  private Hints hints = Hints.COMING;
  private Duration patience = ListenConnection.ANSWER_LIMIT;

  // Written by any thread.
  private volatile boolean hurried;

  /** What is known of those who announce changes. */
  private enum Hints {
    COMING(""),
    OFF("nobody announces changes (notify mode off)"),
    MISSED("changes come without a notification (notify mode hub, and no hub that relays?)");

    private final String fault;

    Hints(String fault) {
      this.fault = fault;
    }
  }

  /** How a wait for a notification has ended. */
  private enum Wait {
    HINTED,
    CUT_SHORT,
    WHOLE
  }

  /**
   * A database that was not asked yet.
   *
   * @param prefixes keys that start with any of them
   * @param hintLimit longest wait for a notification, after which it is asked all the same
   * @param joining whether it is to take over from another source, which may be lost, and so has to
   *     know what was deleted
   */
  NotifySource(
      String jdbcUrl, String schema, List<String> prefixes, Duration hintLimit, boolean joining) {
    this.jdbcUrl = jdbcUrl;
    this.schema = schema;
    this.prefixes = List.copyOf(prefixes);
    this.hintLimit = hintLimit;
    this.joining = joining;
  }

  @Override
  public String name() {
    return "the database";
  }

  @Override
  public String following() {
    String fault =
        prefixes.stream()
            .filter(prefix -> !ListenConnection.hasOneChannel(prefix))
            .findFirst()
            .map(prefix -> "keys under '" + prefix + "' have no channel in common")
            .orElse(hints.fault);
    return fault.isEmpty()
        ? name()
        : name() + ": " + fault + ", so it asks every " + seconds(hintLimit) + " s";
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
  }

  @Override
  public void hurry(boolean nowHurried) {
    hurried = nowHurried;
  }

  @Override
  public Link connect() {
    return new ListenLink();
  }

  private final class ListenLink implements Link {
    private final Dial dial = new Dial();
    private volatile @Nullable ListenConnection connection;
    private boolean asked;
    private boolean unannounced; // the last answer had changes, and no notification came for them

    @Override
    public void open() {
      try {
        connection = ListenConnection.open(dial, jdbcUrl, schema, prefixes);
      } catch (SQLException e) {
        throw new SourceException(String.valueOf(e.getMessage()), e);
      }
    }

    /** Looks once after it listens, for what was announced before; then after each hint. */
    @Override
    public News next() {
      ListenConnection current = connection;
      if (current == null) {
        throw new SourceException("not connected");
      }
      try {
        Wait wait = asked ? await(current) : Wait.WHOLE;
        if (wait == Wait.WHOLE) {
          look(current);
        } else if (wait == Wait.HINTED) {
          hints = Hints.COMING;
        }
        News news = ask(current);
        unannounced = asked && wait == Wait.WHOLE && news instanceof News.Changed;
        asked = true;
        return news;
      } catch (SQLException e) {
        if (INVALID_PARAMETER.equals(e.getSQLState())) {
          token = null; // it may be what the database does not take
        }
        throw new SourceException(String.valueOf(e.getMessage()), e);
      }
    }

    /**
     * Asks, with more patience after each time that there was no answer in time: a large table
     * takes long to be read as a whole, and looks like a dead connection until it begins to come.
     */
    private News ask(ListenConnection current) throws SQLException {
      long start = System.nanoTime();
      try {
        current.allow(patience);
        News news = news(current, current.changesSince(token));
        patience = ListenConnection.ANSWER_LIMIT;
        current.allow(patience);
        return news;
      } catch (SQLException e) {
        if (System.nanoTime() - start >= patience.toNanos()) {
          Duration more = patience.multipliedBy(2);
          patience = more.compareTo(MOST_PATIENCE) < 0 ? more : MOST_PATIENCE;
        }
        throw e;
      }
    }

    private Wait await(ListenConnection current) throws SQLException {
      for (Duration rest = hintLimit; !rest.isNegative() && !rest.isZero(); ) {
        Duration limit = hurried ? HURRIED_LIMIT : rest.compareTo(SLICE) < 0 ? rest : SLICE;
        if (current.awaitHint(limit)) {
          return Wait.HINTED;
        }
        if (hurried) {
          return Wait.CUT_SHORT;
        }
        rest = rest.minus(limit);
      }
      return Wait.WHOLE;
    }

    /** Changes that were found may be announced just after; a whole wait later they are not. */
    private void look(ListenConnection current) throws SQLException {
      if (!current.isAnnounced()) {
        hints = Hints.OFF;
      } else if (unannounced) {
        hints = Hints.MISSED;
      } else if (hints == Hints.OFF) {
        hints = Hints.COMING;
      }
    }

    private News news(ListenConnection current, Answer answer) throws SQLException {
      if (answer.resetReason() != null) {
        LOG.info("{} sends everything anew: {}", name(), answer.resetReason());
      }
      News news;
      if (answer.replaces()) {
        news =
            new News.Everything(
                answer.items().stream().sorted(Comparator.comparing(Item::key)).toList(),
                answer.extent(),
                joining ? current.gone() : News.Gone.UNKNOWN);
      } else if (answer.items().isEmpty()) {
        news = new News.UpToDate(answer.extent());
      } else {
        List<Change> changes = answer.items().stream().map(Change::of).toList();
        news = new News.Changed(new Commit(null, null, changes), answer.extent(), true);
      }
      token = answer.token();
      return news;
    }

    @Override
    public void abort() {
      dial.cut();
      ListenConnection current = connection;
      if (current != null) {
        current.close();
      }
    }
  }
}
