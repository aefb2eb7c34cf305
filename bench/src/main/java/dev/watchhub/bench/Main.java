package dev.watchhub.bench;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.postgres.PostgresException;
import dev.watchhub.sql.SchemaException;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point: parses the command line and runs one benchmark, or all. */
@Command(
    name = "watchhub bench",
    description = {
      "Measures watchhub beside what else one would take, on this machine, in one run.",
      "Prints tables, and writes JSON and charts. docs/performance.md says what is counted."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "BENCHMARK",
    subcommands = {
      WritersCommand.class,
      LatencyCommand.class,
      FanOutCommand.class,
      ReplayCommand.class,
      MemoryCommand.class,
      ProxyCommand.class,
      AdminCommand.class,
      JmhCommand.class,
      AllCommand.class
    })
public final class Main {
  private static final int EXIT_FAILED = 1;

  /** What is in the way of a measurement; everything else is a fault of ours. */
  private static final Set<Class<? extends RuntimeException>> FORESEEN =
      Set.of(BenchException.class, PostgresException.class, SchemaException.class);

  /** Tells at length what gRPC found on the machine; held, for the level goes with the object. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  private Main() {}

  /** Runs the benchmark that {@code args} names and ends the process. */
  public static void main(String[] args) {
    GRPC.setLevel(Level.WARNING);
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setParameterExceptionHandler(
        (e, arguments) -> {
          e.getCommandLine().getErr().println("watchhub bench: " + message(e));
          return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
        });
    commandLine.setExecutionExceptionHandler(
        (e, executed, parsed) -> {
          if (!FORESEEN.contains(e.getClass())) {
            throw e;
          }
          executed.getErr().println("watchhub bench: " + e.getMessage());
          return EXIT_FAILED;
        });
    return commandLine;
  }

  private static String message(ParameterException e) {
    CommandLine command = e.getCommandLine();
    if (!(command.getCommand() instanceof Main)) {
      return e.getMessage() + "; see watchhub bench " + command.getCommandName() + " --help";
    }
    String benchmarks = String.join(", ", command.getSubcommands().keySet());
    return e instanceof UnmatchedArgumentException unmatched
        ? "there is no '%s'; expected one of the benchmarks %s"
            .formatted(unmatched.getUnmatched().get(0), benchmarks)
        : "no benchmark is given; expected one of " + benchmarks;
  }
}
