package dev.watchhub.dataplane.routes;

/** Where a route leads: to nodes of its own, or to an upstream that routes share. */
public sealed interface Destination permits Upstream, UpstreamRef {
  /** For a person. */
  String text();
}
