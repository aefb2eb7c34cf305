package dev.watchhub.bench.fanout;

import dev.watchhub.bench.servers.NchanServer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * nginx with nchan, published to by POST.
 *
 * @param server closed with this
 */
record NchanService(NchanServer server) implements Service {
  @Override
  public int port() {
    return server.port();
  }

  @Override
  public String path(Layout layout) {
    return layout == Layout.SHARED ? "/sub/shared" : "/sub/own{i}";
  }

  @Override
  public Publisher publisher() {
    return NchanPublisher.connect(server.port());
  }

  @Override
  public ProcessHandle process() {
    return server.process();
  }

  @Override
  public Optional<ProcessHandle> database() {
    return Optional.empty();
  }

  @Override
  public OptionalLong heapBytes() {
    return OptionalLong.empty();
  }

  @Override
  public void close() {
    server.close();
  }
}
