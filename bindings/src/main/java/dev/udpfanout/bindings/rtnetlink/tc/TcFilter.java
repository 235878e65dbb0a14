package dev.udpfanout.bindings.rtnetlink.tc;

import java.util.OptionalInt;

/**
 * A filter at a link's {@link TcHook}: tc(8).
 *
 * @param linkIndex its link
 * @param hook where it runs
 * @param priority its place in the chain, 1 (first) to 65535; tc writes "pref"
 * @param protocol the EtherType that it matches, in host byte order: 0x0800 for IPv4, 0x0003 (ETH_P_ALL) for any
 * @param handle its number among filters of one priority. 0 is the classifier itself, where it holds no filter
 * @param chain 0 unless an action jumps there
 * @param kind for example {@code bpf} or {@code u32}
 * @param bpfName of a BPF filter the name that its owner gave it; else empty
 * @param programId of a BPF filter the kernel's number of its program
 */
public record TcFilter(
        int linkIndex,
        TcHook hook,
        int priority,
        int protocol,
        int handle,
        int chain,
        String kind,
        String bpfName,
        OptionalInt programId) {}
