package dev.udpfanout.bindings.libbpf;

/**
 * What a BPF map is by itself: two of the same shape can stand in for each other, if they mean the same.
 *
 * @param type BPF_MAP_TYPE_* of linux/bpf.h
 * @param keyBytes the size of a key
 * @param valueBytes the size of a value, on each CPU where there is one for each
 * @param maxEntries the most elements
 */
public record MapShape(int type, int keyBytes, int valueBytes, int maxEntries) {
    /** Whether the two differ in the number of elements at most. */
    public boolean isLike(MapShape other) {
        return type == other.type && keyBytes == other.keyBytes && valueBytes == other.valueBytes;
    }
}
