package dev.watchhub.verify.record;

import dev.watchhub.protocol.Commit;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Keeps one of equal commits, so that many histories of the same load take the memory of one.
 *
 * <p>Threading: any.
 */
public final class SharedCommits {
  private final ConcurrentMap<Commit, Commit> known = new ConcurrentHashMap<>();

  Commit share(Commit commit) {
    Commit first = known.putIfAbsent(commit, commit);
    return first == null ? commit : first;
  }
}
