package dev.watchhub.bench.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.watchhub.bench.harness.BenchException;
import dev.watchhub.bench.http.AnswerReader;
import dev.watchhub.bench.http.Exchange;
import dev.watchhub.bench.load.Histograms;
import dev.watchhub.bench.load.Putter;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Moves a route of its own to a new path, and asks for that path, again and again, until it is
 * routed. It takes no notice of the keys and values that it is given.
 *
 * <p>Threading: one thread at a time; {@link #nanos} by whoever waited for that thread.
 */
final class RouteProbe implements Putter {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int LONGEST_ANSWER = 16 << 10;
  private static final int OK = 200;
  private static final int NO_ROUTE = 404;

  private final int lane;
  private final Routes routes;
  private final Connection connection;
  private final PreparedStatement set;
  private final Exchange proxy;
  private final Histogram nanos = Histograms.nanos();
  private long requests;

  private RouteProbe(
      int lane, Routes routes, Connection connection, PreparedStatement set, Exchange proxy) {
    this.lane = lane;
    this.routes = routes;
    this.connection = connection;
    this.set = set;
    this.proxy = proxy;
  }

  /**
   * Connects to the proxy.
   *
   * @param lane another one for each that writes at the same time
   * @param connection to the database, closed with this
   * @param proxy a port of 127.0.0.1
   */
  static RouteProbe connect(int lane, Routes routes, Connection connection, int proxy) {
    try {
      return new RouteProbe(
          lane,
          routes,
          connection,
          connection.prepareStatement("select set(?, ?)"),
          Exchange.connect(proxy, LONGEST_ANSWER));
    } catch (SQLException e) {
      throw new BenchException("a probe cannot connect: " + e.getMessage(), e);
    }
  }

  @Override
  public void put(String ignoredKey, String ignoredValue) throws SQLException, IOException {
    long version = System.nanoTime(); // of no earlier run either
    String path = "/probe/%d/%d".formatted(lane, version);
    set.setString(1, "/routes/probe/" + lane);
    set.setString(2, routes.value(path, version));
    set.execute();
    long committed = System.nanoTime();
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: bench.example\r\n\r\n".formatted(path).getBytes(ISO_8859_1);
    int status;
    do {
      status = ask(request);
      if (System.nanoTime() - committed > LIMIT.toNanos()) {
        throw new IOException("a route was not there " + LIMIT.toSeconds() + " s after its commit");
      }
    } while (status != OK);
    Histograms.record(nanos, System.nanoTime() - committed);
  }

  private int ask(byte[] request) throws IOException {
    requests++;
    AnswerReader answer = proxy.ask(request);
    int status = answer.status();
    if (status != OK && status != NO_ROUTE) {
      throw new IOException("the proxy answered " + answer.firstLine());
    }
    return status;
  }

  /** From each commit's return to the end of the first answer by its route. */
  Histogram nanos() {
    return nanos;
  }

  /** How often the proxy was asked. */
  long requests() {
    return requests;
  }

  /** Measures anew. */
  void forget() {
    nanos.reset();
    requests = 0;
  }

  @Override
  public void close() {
    try (proxy;
        connection) {
      // both, whatever happens
    } catch (SQLException e) {
      throw new BenchException("a probe cannot be closed: " + e.getMessage(), e);
    }
  }
}
