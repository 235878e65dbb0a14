package dev.udpfanout.forwarder.socket;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the filter of a socket on a wildcard address that takes only what was sent to a listener's addresses, and the
 * program that picks a socket of a reuseport group on a wildcard address, by the address that a datagram was sent to:
 * the group's first socket for those that are for none of the listener's addresses, any of the others for the rest.
 */
final class RangeSelection {
    private static final int LOAD_WORD_ABSOLUTE = 0x20;
    private static final int LOAD_HALF_INDEXED = 0x48;
    private static final int LOAD_INDEX_IPV4_HEADER_BYTES = 0xb1;
    private static final int STORE = 0x02;
    private static final int LOAD_STORED = 0x60;
    private static final int INDEX_FROM_ACCUMULATOR = 0x07;
    private static final int ADD_CONSTANT = 0x04;
    private static final int MULTIPLY_CONSTANT = 0x24;
    private static final int AND_CONSTANT = 0x54;
    private static final int SHIFT_RIGHT_CONSTANT = 0x74;
    private static final int MODULO_CONSTANT = 0x94;
    private static final int XOR_INDEX = 0xac;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN_CONSTANT = 0x06;
    private static final int RETURN_ACCUMULATOR = 0x16;

    /** SKF_NET_OFF: from the IP header on, wherever the packet's data begins. Source: linux/filter.h. */
    private static final int IP_HEADER = -0x100000;
    /** SKF_AD_OFF + SKF_AD_RANDOM. */
    private static final int RANDOM = -0x1000 + 56;

    private static final int IPV4_SOURCE = 12;
    private static final int IPV4_DESTINATION = 16;
    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_DESTINATION = 24;
    private static final int IPV6_HEADER_BYTES = 40;
    /** 2^32 divided by the golden ratio, made odd: spreads what differs in few bits. */
    private static final int SPREAD = 0x9e3779b1;

    private static final int SPREAD_SHIFT = 16;

    /** As many bytes as there are, as an unsigned number. */
    private static final int WHOLE = -1;

    /** Where a jump goes that is not to the next instruction: resolved at the end. */
    private static final int TO_ACCEPT = -1;
    /** To the next alternative, or to the end if there is none. */
    private static final int TO_NEXT = -2;

    private final boolean ipv4;
    private final List<int[]> instructions = new ArrayList<>();

    private RangeSelection(boolean ipv4) {
        this.ipv4 = ipv4;
    }

    /**
     * @param bind the one address
     * @param network of the others
     * @param bits its prefix's length
     * @param sockets how many there are beside the first
     * @param byFlow whether a sender's datagrams all go to one of them; to a random one each, if not
     */
    static ClassicBpf program(InetAddress bind, InetAddress network, int bits, int sockets, boolean byFlow) {
        RangeSelection selection = new RangeSelection(bind instanceof Inet4Address);
        int accept = selection.refuseOthers(bind, network, bits);
        if (byFlow) {
            selection.hashOfFlow();
        } else {
            selection.add(LOAD_WORD_ABSOLUTE, RANDOM);
        }
        selection.add(MODULO_CONSTANT, sockets);
        selection.add(ADD_CONSTANT, 1);
        selection.add(RETURN_ACCUMULATOR, 0);
        return new ClassicBpf(selection.resolved(accept));
    }

    /**
     * For SO_ATTACH_FILTER.
     *
     * @param bind the one address
     * @param network of the others
     * @param bits its prefix's length
     */
    static ClassicBpf filter(InetAddress bind, InetAddress network, int bits) {
        RangeSelection selection = new RangeSelection(bind instanceof Inet4Address);
        int accept = selection.refuseOthers(bind, network, bits);
        selection.add(RETURN_CONSTANT, WHOLE);
        return new ClassicBpf(selection.resolved(accept));
    }

    /** Returns 0 for what was sent to another address; the index of the instruction where the rest goes on. */
    private int refuseOthers(InetAddress bind, InetAddress network, int bits) {
        alternative(network, bits);
        alternative(bind, bind.getAddress().length * Byte.SIZE);
        add(RETURN_CONSTANT, 0);
        return instructions.size();
    }

    private void add(int code, int constant) {
        add(code, 0, 0, constant);
    }

    private void add(int code, int jumpIfTrue, int jumpIfFalse, int constant) {
        instructions.add(new int[] {code, jumpIfTrue, jumpIfFalse, constant});
    }

    /**
     * Accepts a datagram whose destination has the first bits of a network's address; goes on behind it with any other.
     */
    private void alternative(InetAddress network, int bits) {
        int begin = instructions.size();
        ByteBuffer words = ByteBuffer.wrap(network.getAddress());
        int at = IP_HEADER + (ipv4 ? IPV4_DESTINATION : IPV6_DESTINATION);
        for (int left = bits; left > 0; left -= Integer.SIZE, at += Integer.BYTES) {
            int mask = left >= Integer.SIZE ? -1 : -1 << Integer.SIZE - left;
            boolean isLast = left <= Integer.SIZE;
            add(LOAD_WORD_ABSOLUTE, at);
            if (mask != -1) {
                add(AND_CONSTANT, mask);
            }
            add(JUMP_IF_EQUAL, isLast ? TO_ACCEPT : 0, TO_NEXT, words.getInt() & mask);
        }
        int end = instructions.size();
        for (int i = begin; i < end; i++) {
            if (instructions.get(i)[2] == TO_NEXT) {
                instructions.get(i)[2] = end - i - 1;
            }
        }
    }

    /** Of the sender's address and port; behind extension headers, of IPv6, of what stands in the port's place. */
    private void hashOfFlow() {
        if (ipv4) {
            add(LOAD_INDEX_IPV4_HEADER_BYTES, IP_HEADER);
            add(LOAD_HALF_INDEXED, IP_HEADER);
            add(STORE, 0);
            add(LOAD_WORD_ABSOLUTE, IP_HEADER + IPV4_SOURCE);
        } else {
            add(LOAD_WORD_ABSOLUTE, IP_HEADER + IPV6_HEADER_BYTES);
            add(SHIFT_RIGHT_CONSTANT, Short.SIZE);
            add(STORE, 0);
            add(LOAD_WORD_ABSOLUTE, IP_HEADER + IPV6_SOURCE + 3 * Integer.BYTES);
        }
        add(INDEX_FROM_ACCUMULATOR, 0);
        add(LOAD_STORED, 0);
        add(XOR_INDEX, 0);
        add(MULTIPLY_CONSTANT, SPREAD);
        add(SHIFT_RIGHT_CONSTANT, SPREAD_SHIFT);
    }

    private int[][] resolved(int accept) {
        for (int i = 0; i < instructions.size(); i++) {
            if (instructions.get(i)[1] == TO_ACCEPT) {
                instructions.get(i)[1] = accept - i - 1;
            }
        }
        return instructions.toArray(int[][]::new);
    }
}
