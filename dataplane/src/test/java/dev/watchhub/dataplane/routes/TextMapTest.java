package dev.watchhub.dataplane.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextMapTest {
  @ParameterizedTest
  @ValueSource(ints = {3, 60, 3000})
  void holdsWhatAHashMapHoldsAfterEveryChange(int keys) {
    Random random = new Random(keys);
    Map<String, Integer> expected = new HashMap<>();
    TextMap<Integer> map = TextMap.empty();
    for (int i = 0; i < 20_000; i++) {
      String key = "key" + random.nextInt(keys);
      if (random.nextInt(3) == 0) {
        expected.remove(key);
        map = map.without(key);
      } else {
        expected.put(key, i);
        map = map.with(key, i);
      }
      assertThat(map.get(key)).isEqualTo(expected.get(key));
      assertThat(map.isEmpty()).isEqualTo(expected.isEmpty());
    }
    for (int i = 0; i < keys; i++) {
      assertThat(map.get("key" + i)).isEqualTo(expected.get("key" + i));
    }
  }

  @Test
  void findsATextByTheBeginningOfAnother() {
    TextMap<Integer> map = TextMap.<Integer>empty().with("", 0).with("/a", 2).with("/a/b", 4);
    String text = "/a/bc";
    Map<Integer, Integer> found = new HashMap<>();
    int hash = text.hashCode();
    for (int end = text.length(); end > 0; end--) {
      assertThat(hash).isEqualTo(text.substring(0, end).hashCode());
      found.put(end, map.get(text, end, hash));
      hash = TextMap.hashWithout(text.charAt(end - 1), hash);
    }
    found.put(0, map.get(text, 0, hash));

    assertThat(found.values()).containsExactlyInAnyOrder(0, null, 2, null, 4, null);
    assertThat(found).containsEntry(0, 0).containsEntry(2, 2).containsEntry(4, 4);
  }

  /** "Aa" and "BB" have the same hash, and so has every text that is made of these. */
  private static List<String> equalHashes(int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder();
      for (int bit = 1; bit < count; bit <<= 1) {
        text.append((i & bit) == 0 ? "Aa" : "BB");
      }
      texts.add(text.toString());
    }
    return texts;
  }

  @Test
  void keepsApartTextsOfOneHash() {
    List<String> texts = equalHashes(16);
    assertThat(texts.stream().map(String::hashCode).distinct()).hasSize(1);
    TextMap<String> map = TextMap.empty();
    for (String text : texts) {
      map = map.with(text, text).with(text, text);
    }
    for (String text : texts) {
      assertThat(map.get(text)).isEqualTo(text);
      map = map.without(text).without(text);
      assertThat(map.get(text)).isNull();
    }
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  void aChangeLeavesTheMapBeforeItAlone() {
    TextMap<Integer> before = TextMap.empty();
    for (int i = 0; i < 100; i++) {
      before = before.with("key" + i, i);
    }
    TextMap<Integer> kept = before;
    for (int i = 0; i < 100; i++) {
      before = before.with("key" + i, -1).without("key" + (i + 50));
    }

    assertThat(IntStream.range(0, 100))
        .allSatisfy(i -> assertThat(kept.get("key" + i)).isEqualTo(i));
  }
}
