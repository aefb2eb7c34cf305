package dev.watchhub.protocol;

import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Change.Prev;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Draws values of every kind that the protocol carries. */
final class RandomEvents {
  private static final String[] PIECES = {
    "a",
    "Z",
    "0",
    " ",
    "/",
    "\"",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\u0001",
    "\u007f",
    "\u2028",
    "\ufeff",
    "é",
    "日",
    "😀",
    "data: x\n\n",
    "\n\nevent: reset\n",
    "{\"a\":[1]}",
    "%",
    ","
  };

  private final Random random;

  RandomEvents(long seed) {
    random = new Random(seed);
  }

  boolean coin() {
    return random.nextBoolean();
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  private @Nullable String textOrNull() {
    return coin() ? text() : null;
  }

  Position position() {
    return new Position(random.nextLong(), random.nextInt() | 1, new Lsn(random.nextLong()));
  }

  Instant time() {
    return Instant.ofEpochSecond(random.nextInt(), 1000L * random.nextInt(1_000_000));
  }

  Item item(boolean live) {
    return new Item(
        "/" + text(),
        live ? text() : null,
        random.nextLong(),
        random.nextLong(),
        random.nextLong(),
        random.nextLong(),
        textOrNull(),
        textOrNull());
  }

  Change change() {
    Op op = coin() ? Op.PUT : Op.DELETE;
    return new Change(op, item(op == Op.PUT), null);
  }

  Prev prev() {
    return switch (below(3)) {
      case 0 -> new Prev(text(), random.nextLong(), true);
      case 1 -> new Prev(null, 0, true);
      default -> new Prev(null, 0, false);
    };
  }

  List<Change> changes(int atLeast) {
    return IntStream.range(0, atLeast + below(6)).mapToObj(i -> change()).toList();
  }
}
