package dev.watchhub.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResourcesTest {
  private final List<String> closed = new ArrayList<>();

  /** A resource whose close is written down. */
  private AutoCloseable part(String name) {
    return () -> closed.add(name);
  }

  private AutoCloseable failing(String name) {
    return () -> {
      closed.add(name);
      throw new IOException(name);
    };
  }

  @Test
  void closesTheNewestFirstAndEachOnce() {
    Resources owned = new Resources();
    AutoCloseable first = part("first");
    assertThat(owned.own(first)).isSameAs(first);
    owned.own(part("second"));
    owned.own(part("third"));
    owned.close();
    owned.close();
    assertThat(closed).containsExactly("third", "second", "first");
  }

  @Test
  void closesAllAndSaysWhatFailed() {
    Resources owned = new Resources();
    owned.own(part("first"));
    owned.own(failing("second"));
    owned.own(failing("third"));
    assertThatThrownBy(owned::close)
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("third")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("second"));
    assertThat(closed).containsExactly("third", "second", "first");
    owned.close();
  }

  @Test
  void leavesOpenWhatWasBuiltWhole() {
    Resources built =
        Resources.buildOrClose(
            owned -> {
              owned.own(part("first"));
              return owned;
            });
    assertThat(closed).isEmpty();
    built.close();
    assertThat(closed).containsExactly("first");
  }

  @Test
  void closesWhatWasBuiltByHalf() {
    IllegalStateException cause = new IllegalStateException("no slot");
    assertThatThrownBy(
            () ->
                Resources.buildOrClose(
                    owned -> {
                      owned.own(part("first"));
                      owned.own(failing("second"));
                      throw cause;
                    }))
        .isSameAs(cause)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void closesWhatWasBuiltByHalfAlsoOnAnError() {
    assertThatThrownBy(
            () ->
                Resources.buildOrClose(
                    owned -> {
                      owned.own(part("first"));
                      throw new AssertionError("bug");
                    }))
        .isInstanceOf(AssertionError.class);
    assertThat(closed).containsExactly("first");
  }
}
