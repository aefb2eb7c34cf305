package dev.watchhub.dataplane.routes;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values by text. Immutable: a change copies a few short arrays and shares the rest. It is a hash
 * array mapped trie (Bagwell, "Ideal Hash Trees", 2001) of 64 branches: what a search among 100,000
 * waits for is memory, and so many branches make it touch three arrays, of which the first two are
 * small enough to be in the cache.
 */
final class TextMap<V> {
  private static final int BITS = 6;
  private static final int END = 36; // the bits of a hash are used up: entries in no order
  private static final int INVERSE_OF_31 = 0xBDEF7BDF; // modulo 2^32

  private static final TextMap<?> EMPTY = new TextMap<>(0, new Object[0]);

  /**
   * One text.
   *
   * @param hash of the key, so that only the right key is looked at
   */
  private record Entry(int hash, String key, Object value) {
    boolean holds(String text, int end, int textHash) {
      return hash == textHash && key.length() == end && text.startsWith(key);
    }
  }

  private final long bitmap; // which branches there are; 0 at the end
  private final Object[] slots; // an Entry or a TextMap for each

  private TextMap(long bitmap, Object[] slots) {
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

  /**
   * The {@link String#hashCode} of a text without its last character.
   *
   * @param hash of the text
   */
  static int hashWithout(char last, int hash) {
    return (hash - last) * INVERSE_OF_31;
  }

  /** The value of {@code key}, or null. */
  @Nullable V get(String key) {
    return get(key, key.length(), key.hashCode());
  }

  /**
   * The value of the first {@code end} characters of {@code text}, or null.
   *
   * @param hash what {@link String#hashCode} gives for these
   */
  @Nullable V get(String text, int end, int hash) {
    int mixed = mixed(hash);
    TextMap<?> node = this;
    for (int shift = 0; shift < END; shift += BITS) {
      long bit = bit(mixed, shift);
      if ((node.bitmap & bit) == 0) {
        return null;
      }
      Object slot = node.slots[node.index(bit)];
      if (slot instanceof Entry entry) {
        return entry.holds(text, end, hash) ? value(entry) : null;
      }
      node = (TextMap<?>) slot;
    }
    int at = node.indexOf(text, end, hash);
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
    return with(new Entry(key.hashCode(), key, value), 0);
  }

  private TextMap<V> with(Entry entry, int shift) {
    if (shift >= END) {
      int at = indexOf(entry.key);
      return at < 0 ? inserted(slots.length, 0, entry) : replaced(at, entry);
    }
    long bit = bit(mixed(entry.hash), shift);
    int at = index(bit);
    if ((bitmap & bit) == 0) {
      return inserted(at, bit, entry);
    }
    if (!(slots[at] instanceof Entry other)) {
      return replaced(at, child(at).with(entry, shift + BITS));
    }
    if (other.key.equals(entry.key)) {
      return replaced(at, entry);
    }
    TextMap<V> both = TextMap.<V>empty().with(other, shift + BITS);
    return replaced(at, both.with(entry, shift + BITS));
  }

  /** This map without {@code key}. */
  TextMap<V> without(String key) {
    return without(key, 0);
  }

  private TextMap<V> without(String key, int shift) {
    if (shift >= END) {
      int at = indexOf(key);
      return at < 0 ? this : removed(at, 0);
    }
    long bit = bit(mixed(key.hashCode()), shift);
    if ((bitmap & bit) == 0) {
      return this;
    }
    int at = index(bit);
    if (slots[at] instanceof Entry entry) {
      return entry.key.equals(key) ? removed(at, bit) : this;
    }
    TextMap<V> rest = child(at).without(key, shift + BITS);
    boolean single = rest.slots.length == 1 && rest.slots[0] instanceof Entry;
    return replaced(at, single ? rest.slots[0] : rest);
  }

  @SuppressWarnings("unchecked") // of a map of these values
  private TextMap<V> child(int at) {
    return (TextMap<V>) slots[at];
  }

  private int indexOf(String key) {
    return indexOf(key, key.length(), key.hashCode());
  }

  private int indexOf(String text, int end, int hash) {
    for (int i = 0; i < slots.length; i++) {
      if (((Entry) slots[i]).holds(text, end, hash)) {
        return i;
      }
    }
    return -1;
  }

  private TextMap<V> inserted(int at, long bit, Object slot) {
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

  private TextMap<V> removed(int at, long bit) {
    if (slots.length == 1) {
      return empty();
    }
    Object[] fewer = Arrays.copyOf(slots, slots.length - 1);
    System.arraycopy(slots, at + 1, fewer, at, slots.length - at - 1);
    return new TextMap<>(bitmap & ~bit, fewer);
  }

  private int index(long bit) {
    return Long.bitCount(bitmap & (bit - 1));
  }

  private static long bit(int mixed, int shift) {
    return 1L << ((mixed >>> shift) & ((1 << BITS) - 1));
  }

  /** Mixed, because the hashes of similar texts differ in few bits. */
  private static int mixed(int hash) {
    int mixed = hash * 0x9E3779B9;
    return mixed ^ (mixed >>> 15);
  }
}
