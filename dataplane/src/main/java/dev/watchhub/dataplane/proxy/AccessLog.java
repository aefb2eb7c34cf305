package dev.watchhub.dataplane.proxy;

import java.nio.file.Path;
import org.eclipse.jetty.server.AsyncRequestLogWriter;
import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.RequestLog;
import org.jspecify.annotations.Nullable;

/**
 * A line for each request in the "combined" format of Apache and nginx, which most programs read.
 * Lines of a file are written by a thread of their own, so no request waits for a disk; when the
 * disk is so slow that 1,024 lines wait, lines are left out. Standard output is written at once.
 */
public final class AccessLog {
  private static final Path STANDARD_OUTPUT = Path.of("-");

  private AccessLog() {}

  /** The log at {@code path}, to which it appends; {@code -} is standard output, null is none. */
  public static @Nullable RequestLog to(@Nullable Path path) {
    if (path == null) {
      return null;
    }
    RequestLog.Writer writer =
        path.equals(STANDARD_OUTPUT) ? System.out::println : fileWriter(path);
    return new CustomRequestLog(writer, CustomRequestLog.EXTENDED_NCSA_FORMAT);
  }

  private static RequestLog.Writer fileWriter(Path path) {
    AsyncRequestLogWriter writer = new AsyncRequestLogWriter(path.toString());
    writer.setAppend(true);
    return writer;
  }
}
