package dev.watchhub.hub.replication;

import java.util.regex.Pattern;

/**
 * Where the hub reads: the database, and the names of what it uses there.
 *
 * @param jdbcUrl of a primary, PostgreSQL 15 or newer; the role needs REPLICATION, and must own the
 *     table
 * @param schema the schema of the table {@code config}
 * @param slot name of the hub's replication slot, its own: no other hub reads it at the same time
 * @param publication name of the publication of the table's inserts
 */
public record Source(String jdbcUrl, String schema, String slot, String publication) {
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  public Source {
    check("schema", schema);
    check("slot", slot);
    check("publication", publication);
  }

  private static void check(String what, String name) {
    if (!NAME.matcher(name).matches()) { // replication commands cannot bind parameters
      throw new IllegalArgumentException(
          "the "
              + what
              + " name '"
              + name
              + "' is not allowed: expected a letter or '_', then letters, digits and '_', all"
              + " lower case, at most 63");
    }
  }
}
