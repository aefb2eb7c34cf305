package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.Upstream;
import java.net.URI;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpConversation;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request whose path and query go out byte for byte. The classes for URIs refuse or change
 * queries that browsers do send, such as {@code ?q=50%|x}.
 */
final class VerbatimRequest extends HttpRequest {
  private final HttpClient client;
  private final Upstream upstream;
  private final String path;
  private final @Nullable String query;

  VerbatimRequest(HttpClient client, Upstream upstream, String path, @Nullable String query) {
    super(
        client,
        new HttpConversation(),
        URI.create(upstream.scheme() + "://" + upstream.host() + ":" + upstream.port()));
    this.client = client;
    this.upstream = upstream;
    this.path = path;
    this.query = query;
  }

  @Override
  public String getPath() {
    return path;
  }

  @Override
  public @Nullable String getQuery() {
    return query;
  }

  @Override
  protected HttpRequest copyInstance(URI ignored) {
    return new VerbatimRequest(client, upstream, path, query);
  }
}
