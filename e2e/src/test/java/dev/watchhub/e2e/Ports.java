package dev.watchhub.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * The ports of one {@code ./watchhub up}.
 *
 * @param offset what {@code --port-offset} is given
 */
record Ports(int offset) {
  private static final int[] USUAL = {9432, 9080, 9081, 9180, 9280, 9380};

  /** Ports that nobody listens on now. */
  static Ports free() {
    while (true) {
      int offset = ThreadLocalRandom.current().nextInt(1_000, 22_000); // below those for clients
      if (IntStream.of(USUAL).allMatch(port -> isFree(port + offset))) {
        return new Ports(offset);
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  int database() {
    return 9432 + offset;
  }

  int dataPlane() {
    return 9080 + offset;
  }

  int dataPlaneAdmin() {
    return 9081 + offset;
  }

  int controlPlane() {
    return 9180 + offset;
  }

  int hub() {
    return 9280 + offset;
  }

  int echo() {
    return 9380 + offset;
  }
}
