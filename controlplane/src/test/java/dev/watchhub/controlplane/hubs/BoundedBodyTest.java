package dev.watchhub.controlplane.hubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {
  private boolean cancelled;

  private BoundedBody started() {
    BoundedBody body = new BoundedBody(4);
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {
            cancelled = true;
          }
        });
    return body;
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count);
  }

  @Test
  void gathersWhatFits() {
    BoundedBody body = started();
    body.onNext(List.of(bytes(1), bytes(2)));
    body.onNext(List.of(bytes(1)));
    body.onComplete();

    assertThat(body.getBody().toCompletableFuture().join()).hasSize(4);
    assertThat(cancelled).isFalse();
  }

  @Test
  void endsOneThatIsLonger() {
    BoundedBody body = started();
    body.onNext(List.of(bytes(3)));
    body.onNext(List.of(bytes(2)));

    CompletableFuture<byte[]> whole = body.getBody().toCompletableFuture();
    assertThat(cancelled).isTrue();
    assertThatThrownBy(whole::join).hasCauseInstanceOf(BoundedBody.TooLongException.class);
  }
}
