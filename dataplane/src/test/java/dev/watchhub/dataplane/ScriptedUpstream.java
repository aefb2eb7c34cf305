package dev.watchhub.dataplane;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An upstream that does on each connection what a test says, right or wrong. */
public final class ScriptedUpstream implements AutoCloseable {
  /** What to do with a connection; it is closed afterwards. */
  @FunctionalInterface
  public interface Script {
    /** Reads and writes at will. */
    void run(Socket socket) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final Script script;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final Queue<String> heads = new ConcurrentLinkedQueue<>();

  private ScriptedUpstream(Script script) throws IOException {
    this.script = script;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    new Thread(this::accept, "scripted-upstream").start();
  }

  /** Starts it. */
  public static ScriptedUpstream start(Script script) throws IOException {
    return new ScriptedUpstream(script);
  }

  /** One that reads the head of a request and then goes on by {@code script}. */
  public static ScriptedUpstream afterHead(Script script) throws IOException {
    ScriptedUpstream[] self = new ScriptedUpstream[1];
    self[0] =
        start(
            socket -> {
              String head = RawHttp.readUntil(socket.getInputStream(), "\r\n\r\n");
              self[0].heads.add(head);
              script.run(socket);
            });
    return self[0];
  }

  /** One that reads the head of a request and writes {@code answer}. */
  public static ScriptedUpstream answering(String answer) throws IOException {
    return afterHead(socket -> socket.getOutputStream().write(answer.getBytes(ISO_8859_1)));
  }

  /** Closes a connection with a reset. */
  public static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        socket.setSoTimeout(20_000);
        open.add(socket);
        new Thread(() -> serve(socket), "scripted-upstream-connection").start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.run(socket);
    } catch (IOException e) {
      return; // the other side is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The head of the next request that was read. */
  public String nextHead() {
    return heads.remove();
  }

  /** The port that it listens on. */
  public int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
