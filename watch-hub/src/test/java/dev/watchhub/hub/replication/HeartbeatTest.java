package dev.watchhub.hub.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.postgres.PostgresServer;
import dev.watchhub.protocol.Lsn;
import dev.watchhub.sql.SchemaInstaller;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** A heartbeat beside a stream that nobody reads. */
final class HeartbeatTest {
  private static final String SCHEMA = "heartbeat";

  private final AtomicLong now = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong returned = new AtomicLong();
  private final List<SlotReport> reports = new ArrayList<>();
  private final List<SQLException> failures = new ArrayList<>();
  private Connection session;
  private Connection replication;
  private PGReplicationStream stream;
  private int walsender;
  private Heartbeat heartbeat;

  @BeforeEach
  void start() throws SQLException {
    String url = PostgresServer.shared().jdbcUrl();
    Source source = new Source(url, SCHEMA, SCHEMA, "watchhub_" + SCHEMA);
    try (Connection connection = DriverManager.getConnection(url)) {
      SchemaInstaller.install(connection, SCHEMA);
    }
    session = Connections.session(source, Heartbeat.ANSWER_LIMIT);
    replication = Connections.replication(source);
    Slot.Created slot = Slot.create(replication, source, false);
    stream = Link.stream(replication, source, slot.consistentPoint());
    walsender = replication.unwrap(PGConnection.class).getBackendPID();
    heartbeat =
        new Heartbeat(
            session,
            source,
            "test",
            sent,
            walsender,
            returned::get,
            () -> 0,
            reports::add,
            failures::add,
            now::get);
  }

  @AfterEach
  void stop() throws SQLException {
    Connections.abort(replication);
    try (PreparedStatement statement =
        session.prepareStatement("SELECT pg_terminate_backend(?, 5000)")) {
      statement.setInt(1, walsender);
      statement.execute();
    }
    try (PreparedStatement statement =
        session.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
      statement.setString(1, SCHEMA);
      statement.execute();
    }
    try (PreparedStatement statement =
        session.prepareStatement("DROP SCHEMA " + SCHEMA + " CASCADE")) {
      statement.execute();
    }
    session.close();
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private Lsn sentLsn() throws SQLException {
    try (PreparedStatement statement =
        session.prepareStatement("SELECT sent_lsn FROM pg_stat_replication WHERE pid = ?")) {
      statement.setInt(1, walsender);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Lsn.parse(row.getString(1)).orElseThrow();
      }
    }
  }

  private Lsn insertLsn() throws SQLException {
    try (PreparedStatement statement =
            session.prepareStatement("SELECT pg_current_wal_insert_lsn()");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return Lsn.parse(row.getString(1)).orElseThrow();
    }
  }

  @Test
  void findsAStreamDeadThatBringsNothingOfWhatTheServerHasSent() throws SQLException {
    heartbeat.poll();
    Lsn end = insertLsn();
    Awaitility.await("the server has sent it").until(() -> sentLsn().compareTo(end) >= 0);
    assertThat(stream.isClosed()).as("for all that the hub can see").isFalse();
    pass(Duration.ofSeconds(11));
    heartbeat.poll();
    assertThat(failures)
        .extracting(Throwable::getMessage)
        .singleElement()
        .asString()
        .contains("the link is dead");
    heartbeat.poll();
    assertThat(failures).as("said once").hasSize(1);
  }

  @Test
  void waitsForAServerThatHasNotComeSoFar() throws SQLException, IOException, InterruptedException {
    signal("-STOP");
    try {
      heartbeat.poll();
      pass(Duration.ofSeconds(11));
      heartbeat.poll();
      assertThat(failures).isEmpty();
    } finally {
      signal("-CONT");
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, String.valueOf(walsender)).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void asksNothingWhileItsMessagesComeBack() {
    for (int i = 0; i < 15; i++) {
      heartbeat.poll();
      returned.set(sent.get());
      pass(Duration.ofSeconds(1));
    }
    assertThat(failures).isEmpty();
    assertThat(reports).hasSize(3).allMatch(report -> report.walBytes() >= 0);
  }

  @Test
  void namesTheTransactionThatIsOpenForLong() throws SQLException {
    try (Connection open = DriverManager.getConnection(PostgresServer.shared().jdbcUrl())) {
      open.setAutoCommit(false);
      try (PreparedStatement statement = open.prepareStatement("SELECT pg_current_xact_id()")) {
        statement.execute();
      }
      int pid = open.unwrap(PGConnection.class).getBackendPID();
      Awaitility.await("it is old enough to be reported")
          .until(
              () -> {
                SlotReport.OpenTransaction oldest =
                    SlotReport.ask(session, SCHEMA, Duration.ofSeconds(1)).oldest();
                return oldest != null && oldest.pid() == pid && oldest.seconds() >= 1;
              });
    }
  }
}
