package dev.watchhub.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers each request with the next part of a script, byte for byte; the last part repeats. */
final class ScriptedHub implements AutoCloseable {
  /** How a connection goes on when its part has been sent. */
  enum Then {
    STAY,
    END,
    RESET
  }

  /** One answer. */
  record Answer(String bytes, Then then) {}

  /** Each with {@code \n} after every header line. */
  private final CopyOnWriteArrayList<String> requests = new CopyOnWriteArrayList<>();

  private final CopyOnWriteArrayList<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private final List<Answer> script;

  private ScriptedHub(ServerSocket server, List<Answer> script) {
    this.server = server;
    this.script = script;
  }

  static ScriptedHub of(Answer... script) {
    try {
      ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      ScriptedHub hub = new ScriptedHub(server, List.of(script));
      new Thread(hub::serve, "scripted-hub").start();
      return hub;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An event stream that begins with {@code events}. */
  static Answer stream(Then then, String... events) {
    StringBuilder bytes =
        new StringBuilder(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (String event : events) {
      bytes.append(Integer.toHexString(event.getBytes(UTF_8).length)).append("\r\n");
      bytes.append(event).append("\r\n");
    }
    return new Answer(bytes.toString(), then);
  }

  /** A whole answer with a body. */
  static Answer answer(String status, String mediaType, String body) {
    return new Answer(
        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(status, mediaType, body.getBytes(UTF_8).length, body),
        Then.END);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** The requests so far, as they came. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void serve() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        serve(socket);
      }
    } catch (IOException e) {
      requests.add("ended: " + e); // closed, or a test that waits for more will show this
    }
  }

  private void serve(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    StringBuilder request = new StringBuilder();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      request.append(line).append('\n');
    }
    Answer answer = script.get(Math.min(requests.size(), script.size() - 1));
    requests.add(request.toString());
    socket.getOutputStream().write(answer.bytes().getBytes(UTF_8));
    socket.getOutputStream().flush();
    switch (answer.then()) {
      case STAY -> {}
      case END -> socket.close();
      case RESET -> {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
