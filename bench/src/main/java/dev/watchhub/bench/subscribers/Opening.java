package dev.watchhub.bench.subscribers;

/**
 * Subscribers to be opened.
 *
 * @param port of the server, on 127.0.0.1
 * @param path of each request; {@code {i}} in it is replaced by the subscriber's number
 * @param first number of the first one
 * @param count how many, from 1
 */
public record Opening(int port, String path, int first, int count, Pace pace) {
  /** The path of the subscriber with this number. */
  String pathOf(int number) {
    return path.replace("{i}", Integer.toString(number));
  }
}
