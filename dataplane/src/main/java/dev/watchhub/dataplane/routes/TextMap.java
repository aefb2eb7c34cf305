package dev.watchhub.dataplane.routes;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values by text. Immutable: a change copies a few short arrays and shares the rest. It is a hash
 * array mapped trie (Bagwell, "Ideal Hash Trees", 2001) of 32 branches, since each request looks
 * into several of these: a search among 100,000 touches four arrays, in a binary tree it would
 * touch 17.
 */
final class TextMap<V> {
  private static final int BITS = 5;
  private static final int MASK = (1 << BITS) - 1;
  private static final int END = 35; // the bits of a hash are used up: entries in no order

  private static final TextMap<?> EMPTY = new TextMap<>(0, new Object[0]);

  private record Entry(String key, Object value) {}

  private final int bitmap; // which branches there are; 0 at the end
  private final Object[] slots; // an Entry or a TextMap for each

  private TextMap(int bitmap, Object[] slots) {
    this.bitmap = bitmap;
    this.slots = slots;
  }

  @SuppressWarnings("unchecked") // there is no value in it
  static <V> TextMap<V> empty() {
    return (TextMap<V>) EMPTY;
  }

  boolean isEmpty() {
    return slots.length == 0;
  }

  /** The value of {@code key}, or null. */
  @Nullable V get(String key) {
    int hash = hash(key);
    TextMap<?> node = this;
    for (int shift = 0; shift < END; shift += BITS) {
      int bit = bit(hash, shift);
      if ((node.bitmap & bit) == 0) {
        return null;
      }
      Object slot = node.slots[node.index(bit)];
      if (slot instanceof Entry entry) {
        return entry.key.equals(key) ? value(entry) : null;
      }
      node = (TextMap<?>) slot;
    }
    int at = node.indexOf(key);
    return at < 0 ? null : value((Entry) node.slots[at]);
  }

  /** Shows every value, in no order. */
  void forEach(Consumer<V> reader) {
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] instanceof Entry entry) {
        reader.accept(value(entry));
      } else {
        child(i).forEach(reader);
      }
    }
  }

  @SuppressWarnings("unchecked") // only values of this type were put in
  private V value(Entry entry) {
    return (V) entry.value;
  }

  /** This map with {@code value} in place of what {@code key} had. */
  TextMap<V> with(String key, V value) {
    return with(new Entry(key, value), hash(key), 0);
  }

  private TextMap<V> with(Entry entry, int hash, int shift) {
    if (shift >= END) {
      int at = indexOf(entry.key);
      return at < 0 ? inserted(slots.length, 0, entry) : replaced(at, entry);
    }
    int bit = bit(hash, shift);
    int at = index(bit);
    if ((bitmap & bit) == 0) {
      return inserted(at, bit, entry);
    }
    if (!(slots[at] instanceof Entry other)) {
      return replaced(at, child(at).with(entry, hash, shift + BITS));
    }
    if (other.key.equals(entry.key)) {
      return replaced(at, entry);
    }
    TextMap<V> both = TextMap.<V>empty().with(other, hash(other.key), shift + BITS);
    return replaced(at, both.with(entry, hash, shift + BITS));
  }

  /** This map without {@code key}. */
  TextMap<V> without(String key) {
    return without(key, hash(key), 0);
  }

  private TextMap<V> without(String key, int hash, int shift) {
    if (shift >= END) {
      int at = indexOf(key);
      return at < 0 ? this : removed(at, 0);
    }
    int bit = bit(hash, shift);
    if ((bitmap & bit) == 0) {
      return this;
    }
    int at = index(bit);
    if (slots[at] instanceof Entry entry) {
      return entry.key.equals(key) ? removed(at, bit) : this;
    }
    TextMap<V> rest = child(at).without(key, hash, shift + BITS);
    boolean single = rest.slots.length == 1 && rest.slots[0] instanceof Entry;
    return replaced(at, single ? rest.slots[0] : rest);
  }

  @SuppressWarnings("unchecked") // of a map of these values
  private TextMap<V> child(int at) {
    return (TextMap<V>) slots[at];
  }

  private int indexOf(String key) {
    for (int i = 0; i < slots.length; i++) {
      if (((Entry) slots[i]).key.equals(key)) {
        return i;
      }
    }
    return -1;
  }

  private TextMap<V> inserted(int at, int bit, Object slot) {
    Object[] more = new Object[slots.length + 1];
    System.arraycopy(slots, 0, more, 0, at);
    more[at] = slot;
    System.arraycopy(slots, at, more, at + 1, slots.length - at);
    return new TextMap<>(bitmap | bit, more);
  }

  private TextMap<V> replaced(int at, Object slot) {
    Object[] other = slots.clone();
    other[at] = slot;
    return new TextMap<>(bitmap, other);
  }

  private TextMap<V> removed(int at, int bit) {
    if (slots.length == 1) {
      return empty();
    }
    Object[] fewer = Arrays.copyOf(slots, slots.length - 1);
    System.arraycopy(slots, at + 1, fewer, at, slots.length - at - 1);
    return new TextMap<>(bitmap & ~bit, fewer);
  }

  private int index(int bit) {
    return Integer.bitCount(bitmap & (bit - 1));
  }

  private static int bit(int hash, int shift) {
    return 1 << ((hash >>> shift) & MASK);
  }

  /** Mixed, because the hashes of similar texts differ in few bits. */
  private static int hash(String key) {
    int hash = key.hashCode() * 0x9E3779B9;
    return hash ^ (hash >>> 15);
  }
}
