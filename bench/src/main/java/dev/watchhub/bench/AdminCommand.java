package dev.watchhub.bench;

import dev.watchhub.bench.admin.AdminBenchmark;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ./watchhub bench admin}. */
@Command(
    name = "admin",
    description = {
      "Writes through the control plane, beside the same writes by SQL; and reads of a key that has",
      "100,000 revisions."
    },
    mixinStandardHelpOptions = true)
final class AdminCommand implements Callable<Integer> {
  @Mixin private final RunOptions options = new RunOptions();

  @Override
  public Integer call() {
    return options.run(new AdminBenchmark());
  }
}
