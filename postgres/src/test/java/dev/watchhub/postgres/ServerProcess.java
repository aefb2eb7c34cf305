package dev.watchhub.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that starts a server and waits, so that a test can kill it. */
final class ServerProcess implements AutoCloseable {
  private final Process jvm;
  private final long postmasterPid;

  private ServerProcess(Process jvm, long postmasterPid) {
    this.jvm = jvm;
    this.postmasterPid = postmasterPid;
  }

  static ServerProcess start(Path dataDir) throws IOException {
    Process jvm =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                ServerProcess.class.getName(),
                dataDir.toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("pid ")) {
        return new ServerProcess(jvm, Long.parseLong(line.substring(4)));
      }
    }
    throw new IOException("the other JVM did not start a server");
  }

  long postmasterPid() {
    return postmasterPid;
  }

  /** Kills the JVM, not the server, as {@code kill -9} does. */
  void kill() {
    jvm.destroyForcibly();
    // Its first thread is gone before its files are closed, so only its parent can tell.
    jvm.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    ProcessHandle.of(postmasterPid).ifPresent(Processes::killTree);
    kill();
  }

  public static void main(String[] args) throws IOException {
    PostgresServer server = PostgresServer.start(PostgresOptions.of(Path.of(args[0]), 0));
    System.out.println("pid " + server.pid());
    System.in.read();
  }
}
