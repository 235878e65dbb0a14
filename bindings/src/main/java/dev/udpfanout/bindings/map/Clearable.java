package dev.udpfanout.bindings.map;

/** A map whose elements can be set back to what they were when it was made. */
public interface Clearable {
    /** Sets an element to all zero; of a map that has one for each CPU, all of them. */
    void clear(int index);
}
