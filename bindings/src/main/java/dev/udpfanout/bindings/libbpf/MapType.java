package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.generated.libbpf.Libbpf;

/** The kinds of maps that are used here: {@code enum bpf_map_type} of linux/bpf.h, where each is explained. */
public enum MapType {
    HASH(Libbpf.BPF_MAP_TYPE_HASH()),
    ARRAY(Libbpf.BPF_MAP_TYPE_ARRAY()),
    PERCPU_ARRAY(Libbpf.BPF_MAP_TYPE_PERCPU_ARRAY()),
    LRU_HASH(Libbpf.BPF_MAP_TYPE_LRU_HASH()),
    LPM_TRIE(Libbpf.BPF_MAP_TYPE_LPM_TRIE()),
    ARRAY_OF_MAPS(Libbpf.BPF_MAP_TYPE_ARRAY_OF_MAPS()),
    DEVMAP_HASH(Libbpf.BPF_MAP_TYPE_DEVMAP_HASH());

    private final int number;

    MapType(int number) {
        this.number = number;
    }

    /** The number in {@code enum bpf_map_type}. */
    public int number() {
        return number;
    }
}
