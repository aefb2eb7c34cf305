package dev.watchhub.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StandbyTest {
  @Test
  void followsItsPrimaryAndTakesItsPlaceWhenItIsPromoted() throws SQLException {
    try (PostgresServer primary = PostgresServer.temporary(Map.of())) {
      execute(primary, "create table kept as select 1 as n");
      try (PostgresServer standby = primary.standby(primary.port(), Map.of())) {
        assertThat(standby.port()).isNotEqualTo(primary.port());
        assertThat(query(standby, "select pg_is_in_recovery()")).isEqualTo("t");
        assertThat(query(standby, "select system_identifier from pg_control_system()"))
            .isEqualTo(query(primary, "select system_identifier from pg_control_system()"));
        execute(primary, "insert into kept values (2)");
        await("the standby has the row")
            .until(() -> query(standby, "select count(*) from kept").equals("2"));

        primary.crash();
        standby.promote();

        execute(standby, "insert into kept values (3)");
        assertThat(query(standby, "select count(*) from kept")).isEqualTo("3");
        assertThat(query(standby, "select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"))
            .as("timeline")
            .isEqualTo("00000002");
        standby.restart();
        assertThat(query(standby, "select count(*) from kept")).isEqualTo("3");
      }
    }
  }

  @Test
  void leavesTheSlotsOfItsPrimaryBehind() throws SQLException {
    try (PostgresServer primary = PostgresServer.temporary(Map.of())) {
      query(primary, "select pg_create_logical_replication_slot('kept', 'pgoutput')");
      try (PostgresServer standby = primary.standby(primary.port(), Map.of())) {
        assertThat(query(primary, "select count(*) from pg_replication_slots")).isEqualTo("1");
        assertThat(query(standby, "select count(*) from pg_replication_slots")).isEqualTo("0");
      }
    }
  }

  @Test
  void promotesOnlyAStandby() {
    assertThatThrownBy(PostgresServer.shared()::promote)
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("server is not in standby mode");
  }

  private static void execute(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
