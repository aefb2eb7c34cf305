package dev.watchhub.bench.fanout;

import dev.watchhub.bench.harness.Arm;
import dev.watchhub.bench.harness.RunningArm;
import dev.watchhub.bench.servers.NchanInstallation;
import dev.watchhub.bench.subscribers.SubscriberProcess;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One service with prompt subscribers, or with a stalled and a slow one beside them. */
final class FanOutArm implements Arm<FanOutCase> {
  private static final int PUBLISHERS = 8;
  private static final int OTHER_FILES = 500;

  private final String name;
  private final @Nullable Service service;
  private final boolean disturbed;
  private final SubscriberProcess client;
  private final Map<FanOutCase, Double> highestRates = new HashMap<>();

  /**
   * @param service null when it is not installed
   * @param disturbed whether a stalled and a slow subscriber come as well
   */
  FanOutArm(String name, @Nullable Service service, boolean disturbed, SubscriberProcess client) {
    this.name = name;
    this.service = service;
    this.disturbed = disturbed;
    this.client = client;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<String> missing(FanOutCase testCase) {
    if (service == null) {
      return Optional.of(NchanInstallation.MISSING);
    }
    if (OpenFiles.limit() < testCase.subscribers() + OTHER_FILES) {
      return Optional.of(
          "a process may open %d files, expected %d more than subscribers: raise ulimit -Hn"
              .formatted(OpenFiles.limit(), OTHER_FILES));
    }
    return disturbed
            && (testCase.layout() == Layout.EACH || testCase.perSecond() == FanOutCase.HIGHEST)
        ? Optional.of("only where all watch the same, at a given rate")
        : Optional.empty();
  }

  @Override
  public RunningArm start(FanOutCase testCase) {
    if (service == null) {
      throw new IllegalStateException(name + " is not installed");
    }
    Broadcast broadcast = Broadcast.start(service, client, testCase, PUBLISHERS, disturbed);
    if (testCase.perSecond() != FanOutCase.HIGHEST) {
      return new AtRate(broadcast, testCase.perSecond());
    }
    return new AtHighestRate(
        broadcast, testCase, highestRates.get(testCase), rate -> highestRates.put(testCase, rate));
  }
}
