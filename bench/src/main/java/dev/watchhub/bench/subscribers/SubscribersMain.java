package dev.watchhub.bench.subscribers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Objects;

/**
 * The process of subscribers: a command a line on standard input, an answer a line on standard
 * output; ends with its input.
 */
public final class SubscribersMain {
  private static final JsonMapper MAPPER = new JsonMapper();

  private SubscribersMain() {}

  /**
   * Runs until the input ends.
   *
   * @param args how many threads
   */
  public static void main(String[] args) throws IOException {
    try (Subscribers subscribers =
            Subscribers.start(Integer.parseInt(args[0]), SubscribersMain::die);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Object answer = answer(subscribers, MAPPER.readValue(line, Command.class));
        System.out.println(MAPPER.writeValueAsString(answer));
      }
    }
  }

  private static Object answer(Subscribers subscribers, Command command) {
    switch (command.what()) {
      case CLOCK -> {
        return System.nanoTime();
      }
      case SEEN -> {
        return subscribers.seen();
      }
      case OPEN -> subscribers.open(Objects.requireNonNull(command.opening()));
      case FORGET -> subscribers.forget();
      case CLOSE_ALL -> subscribers.closeAll();
      case PROGRESS -> {}
    }
    return subscribers.progress();
  }

  private static void die(String component, Throwable cause) {
    System.err.println(component + " failed");
    cause.printStackTrace();
    Runtime.getRuntime().halt(1);
  }
}
