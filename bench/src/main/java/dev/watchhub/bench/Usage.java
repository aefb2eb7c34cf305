package dev.watchhub.bench;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Options that do not go together, or have a value that cannot be. */
final class Usage {
  private Usage() {}

  /**
   * The error that is shown with a hint at the command's help.
   *
   * @param command null only before picocli has parsed anything
   * @param message which option, its value, what was expected
   */
  static ParameterException error(@Nullable CommandSpec command, String message) {
    if (command == null) {
      throw new IllegalStateException(message);
    }
    return new ParameterException(command.commandLine(), message);
  }
}
