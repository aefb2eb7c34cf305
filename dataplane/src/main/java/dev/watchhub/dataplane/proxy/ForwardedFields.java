package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.Forwarding;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The header fields that tell an upstream about the client, and about the host it asked for. */
final class ForwardedFields {
  private ForwardedFields() {}

  /** Sets {@code Host} as the route says; also where a client has had it taken out. */
  static void setHost(Request request, HttpFields.Mutable fields) {
    Hop hop = Hop.of(request);
    String rule = hop.route().forwarding().hostHeader();
    String host =
        switch (rule) {
          case Forwarding.KEEP -> request.getHeaders().get(HttpHeader.HOST);
          case Forwarding.UPSTREAM -> hop.node().authority();
          default -> rule;
        };
    if (host != null) {
      fields.put(HttpHeader.HOST, host);
    }
  }

  /**
   * Adds the client to {@code X-Forwarded-For}, and replaces the others of that kind: what a client
   * says there would be believed.
   */
  static void add(Request request, HttpFields.Mutable fields) {
    String client = Request.getRemoteAddr(request);
    String before = String.join(", ", request.getHeaders().getCSV("X-Forwarded-For", false));
    fields.put(HttpHeader.X_FORWARDED_FOR, before.isEmpty() ? client : before + ", " + client);
    fields.put(HttpHeader.X_FORWARDED_PROTO, request.isSecure() ? "https" : "http");
    @Nullable String host = request.getHeaders().get(HttpHeader.HOST);
    if (host == null) {
      fields.remove(HttpHeader.X_FORWARDED_HOST);
    } else {
      fields.put(HttpHeader.X_FORWARDED_HOST, host);
    }
    fields.put(HttpHeader.X_FORWARDED_PORT, String.valueOf(Request.getLocalPort(request)));
  }
}
