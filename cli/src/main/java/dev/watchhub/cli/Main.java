package dev.watchhub.cli;

import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.http.HttpStartException;
import dev.watchhub.hub.replication.SetupException;
import dev.watchhub.postgres.PostgresException;
import dev.watchhub.sql.SchemaException;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point: parses the command line and runs one command. */
@Command(
    name = "watchhub",
    description = "Configuration watch for people who already run PostgreSQL.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "./watchhub bench measures it beside what else one would take; see ./watchhub bench --help."
    },
    subcommands = {
      UpCommand.class,
      HubCommand.class,
      ControlPlaneCommand.class,
      DataPlaneCommand.class,
      InstallCommand.class,
      NotifyModeCommand.class,
      VerifyCommand.class
    })
public final class Main {
  private static final int EXIT_FAILED = 1;

  /** What a user can mend; everything else is a fault of ours and shows where it happened. */
  private static final Set<Class<? extends RuntimeException>> USER_ERRORS =
      Set.of(
          PostgresException.class,
          HttpStartException.class,
          SetupException.class,
          SchemaException.class,
          StoreException.class,
          UsageException.class);

  private Main() {}

  /** Runs the command that {@code args} names and ends the process. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(
        (e, arguments) -> {
          e.getCommandLine().getErr().println("watchhub: " + message(e));
          return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
        });
    commandLine.setExecutionExceptionHandler(
        (e, executed, parsed) -> {
          if (!USER_ERRORS.contains(e.getClass())) {
            throw e;
          }
          executed.getErr().println("watchhub: " + e.getMessage());
          return EXIT_FAILED;
        });
    return commandLine;
  }

  private static String message(ParameterException e) {
    CommandLine command = e.getCommandLine();
    if (!(command.getCommand() instanceof Main)) {
      return e.getMessage() + "; see watchhub " + command.getCommandName() + " --help";
    }
    String commands = String.join(", ", command.getSubcommands().keySet());
    return e instanceof UnmatchedArgumentException unmatched
        ? "there is no '%s'; expected one of the commands %s"
            .formatted(unmatched.getUnmatched().get(0), commands)
        : "no command is given; expected one of " + commands;
  }
}
