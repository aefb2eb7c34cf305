package dev.watchhub.client;

import dev.watchhub.client.ListenConnection.Answer;
import dev.watchhub.protocol.Change;
import dev.watchhub.protocol.Commit;
import dev.watchhub.protocol.Item;
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

  private static final Logger LOG = LoggerFactory.getLogger(NotifySource.class);
  private static final String INVALID_PARAMETER = "22023";

  private final String jdbcUrl;
  private final String schema;
  private final String prefix;
  private final Duration hintLimit;
  private @Nullable String token;

  /**
   * A database that was not asked yet.
   *
   * @param hintLimit longest wait for a notification, after which it is asked all the same
   */
  NotifySource(String jdbcUrl, String schema, String prefix, Duration hintLimit) {
    this.jdbcUrl = jdbcUrl;
    this.schema = schema;
    this.prefix = prefix;
    this.hintLimit = hintLimit;
  }

  @Override
  public String name() {
    return "the database";
  }

  @Override
  public Link connect() {
    return new ListenLink();
  }

  private final class ListenLink implements Link {
    private final Dial dial = new Dial();
    private volatile @Nullable ListenConnection connection;
    private boolean asked;

    @Override
    public void open() {
      try {
        connection = ListenConnection.open(dial, jdbcUrl, schema, prefix);
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
        if (asked) {
          current.awaitHint(hintLimit);
        }
        asked = true;
        return news(current.changesSince(token));
      } catch (SQLException e) {
        if (INVALID_PARAMETER.equals(e.getSQLState())) {
          token = null; // it may be what the database does not take
        }
        throw new SourceException(String.valueOf(e.getMessage()), e);
      }
    }

    private News news(Answer answer) {
      if (answer.resetReason() != null) {
        LOG.info("{} sends everything anew: {}", name(), answer.resetReason());
      }
      token = answer.token();
      if (answer.replaces()) {
        return new News.Everything(
            answer.items().stream().sorted(Comparator.comparing(Item::key)).toList());
      }
      if (answer.items().isEmpty()) {
        return new News.UpToDate();
      }
      List<Change> changes = answer.items().stream().map(Change::of).toList();
      return new News.Changed(new Commit(null, null, changes), true);
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
