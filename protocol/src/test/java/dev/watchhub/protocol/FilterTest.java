package dev.watchhub.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.watchhub.protocol.Change.Op;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FilterTest {
  private static final Set<Op> ALL = EnumSet.allOf(Op.class);

  @Test
  void takesAPrefixAsCharacters() {
    Filter filter = Filter.prefix("/routes");
    assertThat(filter.matches("/routes")).isTrue();
    assertThat(filter.matches("/routes/a")).isTrue();
    assertThat(filter.matches("/routesX")).isTrue();
    assertThat(filter.matches("/route")).isFalse();
    assertThat(filter.matches("/a/routes")).isFalse();
    assertThat(filter.matches("/Routes")).isFalse();
    assertThat(Filter.prefix("/100%_").matches("/100%_a")).isTrue();
    assertThat(Filter.prefix("/100%_").matches("/100xya")).isFalse();
  }

  @Test
  void unitesPrefixesAndKeys() {
    Filter filter = new Filter(Set.of("/a/", "/b/"), Set.of("/c", "/a/x"), ALL, false);
    assertThat(filter.matches("/a/x")).isTrue();
    assertThat(filter.matches("/b/y")).isTrue();
    assertThat(filter.matches("/c")).isTrue();
    assertThat(filter.matches("/c/d")).isFalse();
    assertThat(new Filter(Set.of(), Set.of("/c"), ALL, false).matches("/a/x")).isFalse();
  }

  @Test
  void takesSomeKindsOfChange() {
    Filter deletes = new Filter(Set.of("/"), Set.of(), Set.of(Op.DELETE), false);
    assertThat(deletes.matches(Op.DELETE, "/a")).isTrue();
    assertThat(deletes.matches(Op.PUT, "/a")).isFalse();
    assertThat(Filter.prefix("/a").matches(Op.PUT, "/b")).isFalse();
  }

  @Test
  void isEqualWhateverTheOrder() {
    Set<String> prefixes = new HashSet<>(Set.of("/a", "/b"));
    Filter filter = new Filter(prefixes, Set.of(), ALL, true);
    prefixes.add("/c");
    assertThat(filter).isEqualTo(new Filter(Set.of("/b", "/a"), Set.of(), ALL, true));
    assertThat(filter.matches("/c")).isFalse();
  }

  @Test
  void asksForSomething() {
    assertThatThrownBy(() -> new Filter(Set.of(), Set.of(), ALL, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Filter(Set.of("/"), Set.of(), Set.of(), false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
