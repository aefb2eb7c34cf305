package dev.watchhub.bench.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.load.Arrivals;
import dev.watchhub.bench.load.Keyspace;
import dev.watchhub.bench.load.Putter;
import dev.watchhub.bench.load.Writers;
import dev.watchhub.bench.subscribers.MarkedBytes;
import dev.watchhub.lifecycle.Resources;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An etcd with one watcher, through jetcd.
 *
 * @param url of its client port
 * @param connections how many the writers share at most; each carries many calls at a time
 */
record EtcdStore(String name, String url, int connections) implements Store {
  private static final long WATCH_LIMIT_SECONDS = 10;

  @Override
  public Optional<String> missing(Duration flushDelay) {
    return flushDelay.isZero()
        ? Optional.empty()
        : Optional.of("its flushes cannot be delayed by a setting");
  }

  @Override
  public OpenStore open(int writers, Duration flushDelay) {
    return Resources.buildOrClose(
        owned -> {
          Arrivals arrivals = watch(owned);
          List<Putter> putters = new ArrayList<>();
          List<KV> shared = new ArrayList<>();
          for (int i = 0; i < Math.min(connections, writers); i++) {
            shared.add(owned.own(Client.builder().endpoints(url).build()).getKVClient());
          }
          for (int i = 0; i < writers; i++) {
            putters.add(new EtcdPutter(shared.get(i % shared.size())));
          }
          return new OpenStore(owned.own(new Writers(putters)), List.of(arrivals), owned);
        });
  }

  private Arrivals watch(Resources owned) {
    Arrivals arrivals = new Arrivals();
    CompletableFuture<WatchResponse> created = new CompletableFuture<>();
    Client client = owned.own(Client.builder().endpoints(url).build());
    owned.own(
        client
            .getWatchClient()
            .watch(
                bytes(Keyspace.ROOT),
                WatchOption.builder().isPrefix(true).withCreateNotify(true).build(),
                Watch.listener(
                    response -> {
                      created.complete(response);
                      response
                          .getEvents()
                          .forEach(
                              event ->
                                  MarkedBytes.find(
                                      ByteBuffer.wrap(event.getKeyValue().getValue().getBytes()),
                                      arrivals));
                    },
                    error -> {
                      created.completeExceptionally(error);
                      arrivals.fatal("etcd", error);
                    })));
    try {
      created.get(WATCH_LIMIT_SECONDS, TimeUnit.SECONDS);
      return arrivals;
    } catch (ExecutionException | TimeoutException e) {
      throw new BenchException("cannot watch the etcd at %s: %s".formatted(url, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted while a watch was opened", e);
    }
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  private record EtcdPutter(KV kv) implements Putter {
    @Override
    public void put(String key, String value) throws Exception {
      kv.put(bytes(key), bytes(value)).get();
    }

    @Override
    public void close() {} // the connection is shared
  }
}
