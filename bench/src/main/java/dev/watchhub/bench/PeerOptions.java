package dev.watchhub.bench;

import dev.watchhub.bench.stores.Peers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is asked of the peers on the command line. */
final class PeerOptions {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--etcd",
      paramLabel = "URL",
      description =
          "an etcd that runs already, such as http://127.0.0.1:2379; keys under /bench/ are written"
              + " (default: one of its own, when etcd is on the PATH)")
  private @Nullable String etcd;

  @Option(
      names = "--listeners",
      paramLabel = "N",
      defaultValue = "1",
      description = "how many LISTEN where a trigger announces (default: ${DEFAULT-VALUE})")
  private int listeners;

  Peers peers() {
    if (listeners < 1 || listeners > 100) {
      throw Usage.error(
          command, "--listeners is " + listeners + ": expected a number from 1 to 100");
    }
    return new Peers(etcd, listeners);
  }
}
