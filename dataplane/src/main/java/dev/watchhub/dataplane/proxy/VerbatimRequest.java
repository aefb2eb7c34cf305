package dev.watchhub.dataplane.proxy;

import dev.watchhub.dataplane.routes.UpstreamNode;
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
  private final UpstreamNode node;
  private final String path;
  private final @Nullable String query;

  VerbatimRequest(HttpClient client, UpstreamNode node, String path, @Nullable String query) {
    super(client, new HttpConversation(), URI.create(node.address()));
    this.client = client;
    this.node = node;
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
    return new VerbatimRequest(client, node, path, query);
  }
}
