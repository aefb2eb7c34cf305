package dev.watchhub.cli;

import dev.watchhub.sql.Installed;
import dev.watchhub.sql.SchemaInstaller;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub install}: creates the schema, or upgrades it in place. */
@Command(
    name = "install",
    description = "Creates the table and its functions in a database of yours, or upgrades them.",
    mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
  @Mixin private final DatabaseOptions database = new DatabaseOptions();

  @Override
  public Integer call() {
    Installed installed = install(database.checkedUrl(), database.schema);
    System.out.println(
        installed.files().isEmpty()
            ? "schema " + database.schema + " is up to date"
            : "applied to schema " + database.schema + ": " + String.join(", ", installed.files()));
    return 0;
  }

  static Installed install(String jdbcUrl, String schema) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
      return SchemaInstaller.install(connection, schema);
    } catch (SQLException e) {
      throw new UsageException("the database cannot be reached: " + e.getMessage());
    }
  }
}
