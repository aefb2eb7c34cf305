package dev.watchhub.hub.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.watchhub.http.Problem;
import dev.watchhub.http.ProblemException;
import dev.watchhub.hub.fanout.WatchRequest;
import dev.watchhub.protocol.Change.Op;
import dev.watchhub.protocol.Filter;
import dev.watchhub.protocol.Key;
import dev.watchhub.protocol.Position;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of {@code GET /watch}, read strictly: what is not understood is refused.
 *
 * @param request what is asked for
 * @param mayWait whether the answer may wait until the hub is ready
 * @param node what the client calls itself; null when it does not
 */
record WatchParameters(WatchRequest request, boolean mayWait, @Nullable String node) {
  private static final Set<String> NAMES =
      Set.of("prefix", "key", "since", "snapshot", "ops", "prev", "onExpired", "wait", "node");
  private static final int MAX_SELECTORS = 1000;

  /**
   * Reads the parameters.
   *
   * @param lastEventId the header {@code Last-Event-ID}, null when there is none
   * @throws ProblemException 400 naming the parameter that is wrong
   */
  static WatchParameters read(Fields query, @Nullable String lastEventId) {
    for (String name : query.getNames()) {
      if (!NAMES.contains(name)) {
        throw bad(name, "there is no parameter '" + name + "'; there are " + sorted(NAMES));
      }
    }
    Set<String> keys = selectors(query, "key");
    Set<String> prefixes = selectors(query, "prefix");
    for (String key : keys) {
      Key.violation(key)
          .ifPresent(
              why -> {
                throw bad("key", "the key '" + key + "' " + why);
              });
    }
    for (String prefix : prefixes) {
      if (!prefix.startsWith("/") || prefix.getBytes(UTF_8).length > Key.MAX_BYTES) {
        throw bad(
            "prefix", "the prefix '" + prefix + "' must start with '/' and have at most 512 bytes");
      }
    }
    if (keys.isEmpty() && prefixes.isEmpty()) {
      prefixes = Set.of("/");
    }
    boolean snapshot = flag(query, "snapshot", true);
    boolean reset = choice(query, "onExpired", "reset", Set.of("reset", "error")).equals("reset");
    Filter filter = new Filter(prefixes, keys, ops(query), flag(query, "prev", false));
    return new WatchParameters(
        new WatchRequest(filter, since(query, lastEventId), snapshot, reset && snapshot),
        flag(query, "wait", true),
        node(query));
  }

  private static @Nullable String node(Fields query) {
    String node = single(query, "node");
    return node == null ? null : NodeName.checked(node, "node");
  }

  private static Set<String> selectors(Fields query, String name) {
    List<String> values = query.getValuesOrEmpty(name);
    if (values.size() > MAX_SELECTORS) {
      throw bad(name, "'" + name + "' stands " + values.size() + " times; at most 1000 are taken");
    }
    return new LinkedHashSet<>(values);
  }

  private static @Nullable Position since(Fields query, @Nullable String lastEventId) {
    boolean fromHeader = lastEventId != null && !lastEventId.isEmpty();
    String text = fromHeader ? lastEventId : single(query, "since");
    if (text == null) {
      return null;
    }
    String name = fromHeader ? "Last-Event-ID" : "since";
    return Position.parse(text)
        .orElseThrow(
            () ->
                bad(
                    name,
                    "'"
                        + text
                        + "' in '"
                        + name
                        + "' is no position; expected one that a watch has sent"));
  }

  private static Set<Op> ops(Fields query) {
    String text = single(query, "ops");
    if (text == null) {
      return EnumSet.allOf(Op.class);
    }
    Set<Op> ops = EnumSet.noneOf(Op.class);
    for (String word : text.split(",", -1)) {
      switch (word) {
        case "put" -> ops.add(Op.PUT);
        case "delete" -> ops.add(Op.DELETE);
        default -> throw bad("ops", "'" + text + "' in 'ops'; expected put, delete or put,delete");
      }
    }
    return ops;
  }

  private static boolean flag(Fields query, String name, boolean otherwise) {
    return choice(query, name, String.valueOf(otherwise), Set.of("true", "false")).equals("true");
  }

  private static String choice(Fields query, String name, String otherwise, Set<String> allowed) {
    String value = single(query, name);
    if (value == null) {
      return otherwise;
    }
    if (!allowed.contains(value)) {
      throw bad(name, "'" + value + "' in '" + name + "'; expected one of " + sorted(allowed));
    }
    return value;
  }

  private static @Nullable String single(Fields query, String name) {
    List<String> values = query.getValuesOrEmpty(name);
    if (values.size() > 1) {
      throw bad(name, "'" + name + "' stands " + values.size() + " times; expected once");
    }
    return values.isEmpty() ? null : values.get(0);
  }

  private static String sorted(Set<String> words) {
    return String.join(", ", words.stream().sorted().toList());
  }

  private static ProblemException bad(String name, String detail) {
    return new ProblemException(Problem.badField(name, detail));
  }
}
