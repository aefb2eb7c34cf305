package dev.watchhub.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.cli.client.ClientException;
import dev.watchhub.cli.client.CompactCommand;
import dev.watchhub.cli.client.DelCommand;
import dev.watchhub.cli.client.GetCommand;
import dev.watchhub.cli.client.HistoryCommand;
import dev.watchhub.cli.client.ListCommand;
import dev.watchhub.cli.client.PutCommand;
import dev.watchhub.cli.client.RollbackCommand;
import dev.watchhub.cli.client.RolloutCommand;
import dev.watchhub.cli.client.WatchCommand;
import dev.watchhub.controlplane.store.StoreException;
import dev.watchhub.http.HttpStartException;
import dev.watchhub.hub.replication.SetupException;
import dev.watchhub.postgres.PostgresException;
import dev.watchhub.sql.SchemaException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
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
    })
public final class Main {
  private static final int EXIT_FAILED = 1;

  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("up", UpCommand.class);
    COMMANDS.put("hub", HubCommand.class);
    COMMANDS.put("controlplane", ControlPlaneCommand.class);
    COMMANDS.put("dataplane", DataPlaneCommand.class);
    COMMANDS.put("install", InstallCommand.class);
    COMMANDS.put("notify-mode", NotifyModeCommand.class);
    COMMANDS.put("verify", VerifyCommand.class);
    COMMANDS.put("put", PutCommand.class);
    COMMANDS.put("get", GetCommand.class);
    COMMANDS.put("del", DelCommand.class);
    COMMANDS.put("list", ListCommand.class);
    COMMANDS.put("history", HistoryCommand.class);
    COMMANDS.put("rollback", RollbackCommand.class);
    COMMANDS.put("watch", WatchCommand.class);
    COMMANDS.put("rollout", RolloutCommand.class);
    COMMANDS.put("compact", CompactCommand.class);
  }

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
    System.exit(commandLine(args).execute(args));
  }

  /**
   * What parses {@code args}. Of the commands it knows the one that they name, and all if they name
   * none: to look into all of them takes longer than a short command.
   */
  static CommandLine commandLine(String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (named == null) {
      COMMANDS.forEach(commandLine::addSubcommand);
    } else {
      commandLine.addSubcommand(args[0], named);
    }
    // What values hold goes out as it is, whatever the locale.
    commandLine.setOut(
        new PrintWriter(new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), UTF_8)));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(
        (e, arguments) -> {
          e.getCommandLine().getErr().println("watchhub: " + message(e));
          return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
        });
    commandLine.setExecutionExceptionHandler(
        (e, executed, parsed) -> {
          if (e instanceof ClientException client) {
            executed.getErr().println("watchhub: " + e.getMessage());
            return client.exitCode();
          }
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
