package dev.watchhub.hub.pgoutput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.hub.pgoutput.PgOutputMessage.Begin;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Column;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Commit;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Delete;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Insert;
import dev.watchhub.hub.pgoutput.PgOutputMessage.LogicalMessage;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Origin;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Relation;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Truncate;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Tuple;
import dev.watchhub.hub.pgoutput.PgOutputMessage.Update;
import dev.watchhub.protocol.Lsn;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Bytes as the manual's "Logical Replication Message Formats" lays them out. */
final class PgOutputDecoderTest {
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
  private static final String LSN = "00 00 00 01 00 00 00 10";
  private static final String TIME = "00 00 00 00 00 00 00 02"; // microseconds
  private static final Tuple ROW = new Tuple(Arrays.asList("hé", null));
  private static final String TUPLE = "00 02  74 00 00 00 03 68 c3 a9  6e";

  private static final Map<String, PgOutputMessage> GOLDEN =
      Map.ofEntries(
          Map.entry(
              "42 " + LSN + TIME + "ff ff ff ff",
              new Begin(new Lsn(0x1_0000_0010L), EPOCH.plusNanos(2_000), -1)),
          Map.entry(
              "43 00 " + LSN + "00 00 00 01 00 00 00 20" + TIME,
              new Commit(new Lsn(0x1_0000_0010L), new Lsn(0x1_0000_0020L), EPOCH.plusNanos(2_000))),
          Map.entry("4f " + LSN + text("up"), new Origin(new Lsn(0x1_0000_0010L), "up")),
          Map.entry(
              "52 00 00 00 07"
                  + text("public")
                  + text("config")
                  + "64 00 01  01"
                  + text("key")
                  + "00 00 00 19 ff ff ff ff",
              new Relation(7, "public", "config", 'd', List.of(new Column(true, "key", 25, -1)))),
          Map.entry(
              "59 00 00 00 07" + text("public") + text("mood"),
              new PgOutputMessage.Type(7, "public", "mood")),
          Map.entry("49 00 00 00 07 4e " + TUPLE, new Insert(7, ROW)),
          Map.entry("55 00 00 00 07 4e " + TUPLE, new Update(7, null, ROW)),
          Map.entry("55 00 00 00 07 4b " + TUPLE + "4e " + TUPLE, new Update(7, ROW, ROW)),
          Map.entry("44 00 00 00 07 4f " + TUPLE, new Delete(7, ROW)),
          Map.entry("54 00 00 00 02 01 00 00 00 07 00 00 00 08", new Truncate(List.of(7, 8), 1)),
          Map.entry(
              "4d 01 " + LSN + text("watchhub") + "00 00 00 02 68 69",
              new LogicalMessage(true, new Lsn(0x1_0000_0010L), "watchhub", "hi")));

  private static String text(String text) {
    return " " + HexFormat.ofDelimiter(" ").formatHex(text.getBytes(UTF_8)) + " 00 ";
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void decodesEveryMessage() {
    GOLDEN.forEach(
        (hex, message) -> {
          ByteBuffer in = ByteBuffer.wrap(bytes(hex));
          assertThat(PgOutputDecoder.decode(in)).isEqualTo(message);
          assertThat(in.hasRemaining()).isFalse();
          ByteBuffer direct = ByteBuffer.allocateDirect(bytes(hex).length).put(bytes(hex)).flip();
          assertThat(PgOutputDecoder.decode(direct)).isEqualTo(message);
        });
    Set<Class<?>> shown =
        GOLDEN.values().stream().map(Object::getClass).collect(Collectors.toSet());
    assertThat(shown)
        .containsAll(Arrays.stream(PgOutputMessage.class.getPermittedSubclasses()).toList());
  }

  @Test
  void refusesEveryMessageThatIsCutShortOrTooLong() {
    for (String hex : GOLDEN.keySet()) {
      byte[] whole = bytes(hex);
      for (int length = 0; length < whole.length; length++) {
        ByteBuffer part = ByteBuffer.wrap(whole, 0, length);
        assertThatThrownBy(() -> PgOutputDecoder.decode(part))
            .isInstanceOf(PgOutputException.class);
      }
      ByteBuffer more = ByteBuffer.wrap(Arrays.copyOf(whole, whole.length + 1));
      assertThatThrownBy(() -> PgOutputDecoder.decode(more)).isInstanceOf(PgOutputException.class);
    }
  }

  @Test
  void takesRandomBytesWithoutAnyOtherException() {
    Random random = new Random(1);
    byte[] tags = "BCORYIUDTMX".getBytes(UTF_8);
    int refused = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(48)];
      random.nextBytes(bytes);
      bytes[0] = tags[random.nextInt(tags.length)];
      try {
        PgOutputDecoder.decode(ByteBuffer.wrap(bytes));
      } catch (PgOutputException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 199_999);
  }

  @Test
  void readsATextThatDoesNotStartItsArray() {
    byte[] whole = bytes("00 00 49 00 00 00 07 4e " + TUPLE);
    ByteBuffer later = ByteBuffer.wrap(whole, 2, whole.length - 2).slice();
    assertThat(PgOutputDecoder.decode(later)).isEqualTo(new Insert(7, ROW));
  }
}
