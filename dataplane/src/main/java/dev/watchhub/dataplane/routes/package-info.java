/**
 * The routes, and the upstreams that they share: read from values, looked up by requests, replaced
 * by commits.
 *
 * <p>Which route a request takes, in this order:
 *
 * <ol>
 *   <li>the longest {@code uri}: an exact one before every {@code /prefix/*}, a longer prefix
 *       before a shorter. {@code /a/*} is everything below {@code /a/}, {@code /a/} included and
 *       {@code /a} not; {@code /*} is everything;
 *   <li>of those, the closest {@code host}: an exact name before {@code *.example.org} (every name
 *       that ends so, {@code example.org} itself not), a longer wildcard before a shorter, no host
 *       last;
 *   <li>of those, one that names the {@code methods} before one that takes all;
 *   <li>of those, the one of the higher {@code priority};
 *   <li>of those, the one with the lower key.
 * </ol>
 *
 * The last two decide between routes that claim the same; the one that loses is {@link
 * dev.watchhub.dataplane.routes.Shadowed}. A route whose host or methods do not fit is passed over,
 * so a shorter prefix may still serve.
 */
@NullMarked
package dev.watchhub.dataplane.routes;

import org.jspecify.annotations.NullMarked;
