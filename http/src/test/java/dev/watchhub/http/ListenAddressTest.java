package dev.watchhub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ListenAddressTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost", "0:0:0:0:0:0:0:1"})
  void knowsWhatOnlyThisMachineReaches(String host) {
    assertThat(new ListenAddress(host, 80).isLoopback()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "192.168.0.1", "128.0.0.1", "fe80::1"})
  void knowsWhatOthersReach(String host) {
    assertThat(new ListenAddress(host, 80).isLoopback()).isFalse();
  }

  @Test
  void saysThatAHostHasNoAddress() {
    ListenAddress nowhere = new ListenAddress("no-such-host.invalid", 80);
    assertThatThrownBy(nowhere::isLoopback)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no-such-host.invalid");
  }

  @ParameterizedTest
  @CsvSource({"'', 80", "' ', 80", "localhost, -1", "localhost, 65536"})
  void refusesWhatIsNoAddress(String host, int port) {
    assertThatThrownBy(() -> new ListenAddress(host, port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + host + ":" + port + "'")
        .hasMessageContaining("expected HOST:PORT");
  }

  @Test
  void isWrittenAsInAUrl() {
    assertThat(new ListenAddress("::1", 80)).hasToString("[::1]:80");
    assertThat(ListenAddress.loopback(0)).hasToString("127.0.0.1:0");
  }
}
