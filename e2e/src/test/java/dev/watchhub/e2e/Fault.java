package dev.watchhub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.watchhub.protocol.ResetReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A fault that hits a {@link FaultBed} under load, with all that follows until it is over; what is
 * written afterwards has to arrive. Each can hit the same bed again.
 */
enum Fault {
  HUB_KILLED {
    @Override
    void strike(FaultBed bed, Round round) {
      // Clients come back at positions from well before the hub was killed.
      bed.clientsLink.shut();
      round.letWrite();
      bed.awaitConfirmation();
      bed.killHub();
      round.letWrite();
      bed.startHub();
      bed.clientsLink.pass();
    }
  },
  DATABASE_KILLED {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.database().crash();
      bed.database().restart();
    }
  },
  HUB_AND_DATABASE_KILLED {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.database().crash();
      bed.killHub();
      bed.database().restart();
      round.letWrite();
      bed.startHub();
    }
  },
  WALSENDER_ENDED {
    @Override
    void strike(FaultBed bed, Round round) {
      for (int i = 0; i < 3; i++) {
        bed.endWalsender();
        round.letWrite();
        bed.hub().awaitReady();
      }
    }
  },
  SLOT_DROPPED {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.dropSlot();
      round.letWrite();
    }
  },
  SLOT_LOST_WHILE_THE_HUB_WAS_DOWN(ResetReason.EXPIRED) {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.stopHub();
      bed.dropSlot();
      round.letWrite();
      bed.startHub();
    }
  },
  SLOT_INVALIDATED(Round.Witness.TABLE) {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '32MB'");
      bed.execute("SELECT pg_reload_conf()");
      bed.hubsLink.stall();
      bed.fillWal(5);
      FaultBed.awaiting("the slot is invalidated")
          .until(
              () -> {
                bed.execute("CHECKPOINT");
                return bed.query(
                        "SELECT 1 FROM pg_replication_slots WHERE slot_name = '%s' AND wal_status = 'lost'"
                            .formatted(FaultBed.SLOT))
                    .isPresent();
              });
      round.letWrite();
      bed.execute("ALTER SYSTEM RESET max_slot_wal_keep_size");
      bed.execute("SELECT pg_reload_conf()");
      bed.hubsLink.pass();
    }
  },
  PUBLICATION_REMADE {
    @Override
    void strike(FaultBed bed, Round round) {
      // One after the other without a pause: the hub has no moment in which it is missing.
      bed.execute("DROP PUBLICATION " + FaultBed.PUBLICATION);
      bed.execute("SELECT set('%sk1', 'unpublished')".formatted(round.prefix()));
      bed.execute("SELECT set('%sunseen', 'unpublished')".formatted(round.prefix()));
      bed.execute(
          """
          DO $$ BEGIN
            CREATE PUBLICATION %s FOR TABLE config WITH (publish = 'insert');
          EXCEPTION WHEN duplicate_object THEN NULL; -- the hub was quicker
          END $$
          """
              .formatted(FaultBed.PUBLICATION));
      round.letWrite();
    }
  },
  PUBLICATION_WITHOUT_A_COLUMN {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.execute(
          "ALTER PUBLICATION %s SET TABLE config (key, revision, tombstone)"
              .formatted(FaultBed.PUBLICATION));
      round.letWrite();
    }
  },
  PUBLICATION_WITHOUT_SOME_ROWS {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.execute(
          "ALTER PUBLICATION %s SET TABLE config WHERE (key NOT LIKE '%%k1%%')"
              .formatted(FaultBed.PUBLICATION));
      round.letWrite();
    }
  },
  STANDBY_PROMOTED_IN_STEP(Round.Witness.TABLE) {
    @Override
    void strike(FaultBed bed, Round round) {
      var standby = bed.addStandby(bed.database().port());
      bed.hub().awaitReady();
      round.letWrite();
      round.settle();
      // The heartbeat goes on, so some of the old timeline lies beyond the end; no commit does.
      String end = bed.query("SELECT pg_current_wal_flush_lsn()").orElseThrow();
      FaultBed.awaiting("the standby has everything up to " + end)
          .until(
              () ->
                  bed.query(
                          "SELECT 1 FROM pg_stat_replication WHERE replay_lsn >= '%s' AND application_name = 'walreceiver'"
                              .formatted(end))
                      .isPresent());
      bed.failOver(standby);
      round.writers().pause(false);
    }
  },
  LINK_TO_THE_DATABASE_CUT {
    @Override
    void strike(FaultBed bed, Round round) {
      for (int i = 0; i < 3; i++) {
        bed.hubsLink.cut();
        round.letWrite();
      }
      bed.hubsLink.shut();
      round.letWrite();
      bed.hubsLink.pass();
    }
  },
  LINK_TO_THE_DATABASE_STALLED {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.hubsLink.stall();
      FaultBed.awaiting("the hub says that it is not ready")
          .until(() -> bed.hub().readiness().startsWith("503"));
      bed.hubsLink.pass();
    }
  },
  LINK_TO_THE_DATABASE_SLOW {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.hubsLink.toClient().slow(60_000);
      round.letWrite();
      bed.hubsLink.toClient().delay(Duration.ofMillis(30));
      bed.hubsLink.toServer().delay(Duration.ofMillis(30));
      round.letWrite();
      bed.hubsLink.pass();
    }
  },
  LINK_TO_THE_CLIENTS_CUT {
    @Override
    void strike(FaultBed bed, Round round) {
      for (int i = 0; i < 3; i++) {
        bed.clientsLink.cut();
        round.letWrite();
      }
      bed.clientsLink.shut();
      round.letWrite();
      bed.clientsLink.pass();
    }
  },
  LINK_TO_THE_CLIENTS_STALLED {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.clientsLink.stall();
      round.letWrite();
      // What does not fit into the buffers of the link makes the hub wait for its clients.
      bed.execute(
          "SELECT set('%sk1' || i, repeat('x', 500000)) FROM generate_series(0, 8) i"
              .formatted(round.prefix()));
      round.letWrite();
      bed.clientsLink.pass();
    }
  },
  LINK_TO_THE_CLIENTS_SLOW {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.clientsLink.toClient().slow(40_000);
      round.letWrite();
      bed.clientsLink.toClient().delay(Duration.ofMillis(40));
      round.letWrite();
      bed.clientsLink.pass();
    }
  },
  CLIENT_THAT_STOPS_READING {
    @Override
    void strike(FaultBed bed, Round round) {
      try (IdleReader idle = IdleReader.open(bed.hub().port(), "?prefix=" + round.prefix())) {
        for (int i = 0; i < 40; i++) {
          bed.execute("SELECT set('%sk3', repeat('x', 300000))".formatted(round.prefix()));
        }
        FaultBed.awaiting("the hub gives up who does not read")
            .until(() -> !bed.hub().subscribers().contains(idle.address()));
      }
    }
  },
  REVISIONS_BURNED {
    @Override
    void strike(FaultBed bed, Round round) {
      for (int i = 0; i < 20; i++) {
        bed.execute("SELECT nextval('config_revision_seq') FROM generate_series(1, 1000)");
        bed.execute(
            "BEGIN; SELECT set('%sk' || i, 'never') FROM generate_series(0, 9) i; ROLLBACK"
                .formatted(round.prefix()));
      }
    }
  },
  TRANSACTION_OPEN_WHILE_THE_HUB_STARTS {
    @Override
    void strike(FaultBed bed, Round round) throws SQLException {
      bed.stopHub();
      try (Connection held = bed.connect();
          Statement statement = held.createStatement()) {
        held.setAutoCommit(false);
        statement.execute("SELECT set('%sheld', 'begun before')".formatted(round.prefix()));
        round.letWrite();
        bed.startHub();
        round.letWrite();
        statement.execute("SELECT set('%sheld', 'ended after')".formatted(round.prefix()));
        held.commit();
      }
    }
  },
  TRANSACTION_OPEN_WHILE_A_LOST_SLOT_IS_REMADE {
    @Override
    void strike(FaultBed bed, Round round) throws SQLException {
      try (Connection held = bed.connect();
          Statement statement = held.createStatement()) {
        held.setAutoCommit(false);
        statement.execute("SELECT set('%sheld', 'begun before')".formatted(round.prefix()));
        String pid = String.valueOf(held.unwrap(org.postgresql.PGConnection.class).getBackendPID());
        bed.dropSlot();
        FaultBed.awaiting("the hub names the process " + pid + ", for which it waits")
            .until(() -> bed.hub().readiness().matches("(?s)503.*\\b" + pid + "\\b.*"));
        round.letWrite();
        held.commit();
      }
    }
  },
  COMPACTION_WHILE_WATCHERS_LAG {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.clientsLink.toClient().stall();
      round.letWrite();
      bed.execute("SELECT compact_to_latest('%s')".formatted(round.prefix()));
      round.letWrite();
      bed.execute("SELECT compact_to_latest('%s')".formatted(round.prefix()));
      bed.clientsLink.pass();
    }
  },
  ROW_INSERTED_DIRECTLY {
    @Override
    void strike(FaultBed bed, Round round) {
      String insert = "INSERT INTO config (key, value) VALUES ('%sdirect', '%d')";
      bed.execute(insert.formatted(round.prefix(), 1));
      bed.execute("SELECT set('%sdirect', '2')".formatted(round.prefix()));
      bed.execute(insert.formatted(round.prefix(), 3));
      bed.execute("SELECT set('%sdirect', '4')".formatted(round.prefix()));
    }
  },
  CLOCK_SET_BACK {
    @Override
    void strike(FaultBed bed, Round round) {
      bed.execute(
          "ALTER TABLE config ALTER create_time SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 86400000");
      round.letWrite();
      bed.endWalsender();
      round.letWrite();
      bed.execute(
          "ALTER TABLE config ALTER create_time SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    }
  };

  private final @Nullable ResetReason reset;
  private final Round.Witness witness;

  Fault() {
    this(null, Round.Witness.SLOT);
  }

  Fault(ResetReason reset) {
    this(reset, Round.Witness.SLOT);
  }

  Fault(Round.Witness witness) {
    this(null, witness);
  }

  Fault(@Nullable ResetReason reset, Round.Witness witness) {
    this.reset = reset;
    this.witness = witness;
  }

  /** Who can tell afterwards what was committed. */
  Round.Witness witness() {
    return witness;
  }

  /** Lets it happen, and lets it be over. */
  abstract void strike(FaultBed bed, Round round) throws SQLException;

  /** Lets it happen in a bed of its own, under the usual load, and checks what came. */
  void mustBeSurvived() {
    boolean ownProcess = this == HUB_KILLED || this == HUB_AND_DATABASE_KILLED;
    FaultBed.Options options =
        ownProcess ? FaultBed.Options.USUAL.inOwnProcess() : FaultBed.Options.USUAL;
    try (FaultBed bed = FaultBed.start(options)) {
      strikeAndCheck(bed, Round.start(bed, "round", Round.Load.USUAL.withWitness(witness)));
    }
  }

  /** Lets it happen in the middle of a round, and checks what came. */
  Outcome strikeAndCheck(FaultBed bed, Round round) {
    try {
      strike(bed, round);
      round.letWrite();
      bed.hub().awaitReady();
      Outcome outcome = round.finish();
      expect(outcome);
      return outcome;
    } catch (SQLException e) {
      throw new AssertionError(e);
    } finally {
      round.close();
    }
  }

  private void expect(Outcome outcome) {
    outcome.keptEveryPromise();
    assertThat(outcome.report().changes()).as("changes that came").isPositive();
    if (reset != null) {
      outcome.resetEverybody(reset);
    } else {
      outcome.resetNobody();
    }
    switch (this) {
      case STANDBY_PROMOTED_IN_STEP -> outcome.restartedTheListener(1); // its token has a timeline
      case COMPACTION_WHILE_WATCHERS_LAG -> {} // which may take what it has not read
      default -> outcome.restartedTheListener(0);
    }
  }
}
