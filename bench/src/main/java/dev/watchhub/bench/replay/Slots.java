package dev.watchhub.bench.replay;

import dev.watchhub.bench.servers.Database;

/**
 * Replication slots that all stand at one place, before a backlog, so that it can be read again and
 * again. Stateless.
 */
final class Slots {
  private static final String BASE = "bench_base";

  private Slots() {}

  /** Notes the place. */
  static void createBase(Database database) {
    create(database, BASE);
  }

  /** Makes a slot that stands at the newest commit. */
  static void create(Database database, String slot) {
    database.execute("select pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot));
  }

  /** Makes a slot that stands at the place. */
  static void copyBase(Database database, String slot) {
    database.execute("select pg_copy_logical_replication_slot('%s', '%s')".formatted(BASE, slot));
  }

  /** Drops a slot that is not in use, if it is there. */
  static void drop(Database database, String slot) {
    database.execute(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '%s'"
            .formatted(slot));
  }
}
