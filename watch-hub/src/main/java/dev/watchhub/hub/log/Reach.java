package dev.watchhub.hub.log;

import dev.watchhub.protocol.Lsn;
import dev.watchhub.protocol.Position;
import dev.watchhub.protocol.ResetReason;
import java.util.ArrayList;
import java.util.List;

/**
 * Which positions a log can tell the continuation of. Immutable.
 *
 * @param oldest a reader may resume here or later
 * @param newest the log has every commit up to here
 * @param gaps whose insides are unknown, in order
 * @param ancestors the timelines that this one came from
 */
record Reach(Position oldest, Position newest, List<Gap> gaps, List<Ancestor> ancestors) {
  /**
   * A stretch that was filled from the table: what it holds is known, but not where.
   *
   * @param from known again at and before it
   * @param to known again at and after it
   */
  record Gap(Lsn from, Lsn to) {}

  /** Where a position lies. */
  sealed interface Place {
    /** On this timeline, within what the log knows. */
    record Known(Lsn lsn) implements Place {}

    /** Not reached yet. */
    record Beyond() implements Place {}

    /** Nothing can be told. */
    record Unknown(ResetReason reason) implements Place {}
  }

  Reach {
    gaps = List.copyOf(gaps);
    ancestors = List.copyOf(ancestors);
  }

  /** Finds the place of {@code position}. */
  Place place(Position position) {
    if (position.cluster() != newest.cluster()) {
      return new Place.Unknown(ResetReason.CLUSTER);
    }
    Lsn lsn = position.lsn();
    if (position.timeline() != newest.timeline()) {
      Ancestor ancestor =
          ancestors.stream()
              .filter(each -> each.timeline() == position.timeline())
              .findFirst()
              .orElse(null);
      if (ancestor == null || lsn.compareTo(ancestor.quietUpTo()) > 0) {
        return new Place.Unknown(ResetReason.TIMELINE);
      }
      lsn = lsn.compareTo(ancestor.end()) > 0 ? ancestor.end() : lsn;
    }
    if (lsn.compareTo(newest.lsn()) > 0) {
      return new Place.Beyond();
    }
    if (lsn.compareTo(oldest.lsn()) < 0) {
      return new Place.Unknown(ResetReason.EXPIRED);
    }
    for (Gap gap : gaps) {
      if (lsn.compareTo(gap.from()) > 0 && lsn.compareTo(gap.to()) < 0) {
        return new Place.Unknown(ResetReason.EXPIRED);
      }
    }
    return new Place.Known(lsn);
  }

  /** Whether everything up to {@code position} is behind this log, however long. */
  Standing standing(Position position) {
    if (oldest.cluster() == 0
        || Integer.compareUnsigned(position.timeline(), newest.timeline()) > 0) {
      return Standing.AHEAD; // nothing is loaded yet, or a failover that is not known yet
    }
    Place place = place(position);
    if (place instanceof Place.Unknown unknown) {
      return switch (unknown.reason()) {
        case CLUSTER -> Standing.CLUSTER;
        case TIMELINE -> Standing.TIMELINE;
        default -> Standing.REACHED; // it lies too far back, or in a gap that was filled
      };
    }
    return place instanceof Place.Beyond ? Standing.AHEAD : Standing.REACHED;
  }

  Reach reached(Position now) {
    return new Reach(oldest, now, gaps, ancestors);
  }

  Reach filled(Position to) {
    List<Gap> more = new ArrayList<>(gaps);
    more.add(new Gap(newest.lsn(), to.lsn()));
    return new Reach(oldest, to, more, ancestors);
  }

  Reach trimmed(Position oldestNow) {
    List<Gap> left = gaps.stream().filter(gap -> gap.to().compareTo(oldestNow.lsn()) > 0).toList();
    return new Reach(oldestNow, newest, left, ancestors);
  }

  /** This reach on the timeline that follows, from {@code end} on; no commit lies beyond it. */
  Reach movedTo(Position end, List<Ancestor> ancestorsNow) {
    Position oldestNow = oldest.lsn().compareTo(end.lsn()) > 0 ? end : end.at(oldest.lsn());
    return new Reach(oldestNow, end, gaps, ancestorsNow);
  }
}
