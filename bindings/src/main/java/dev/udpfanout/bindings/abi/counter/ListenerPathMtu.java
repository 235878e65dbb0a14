package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.uf_path_mtu;
import java.lang.foreign.MemorySegment;

/**
 * What became of a listener's packets that did not fit a way: {@code struct uf_path_mtu}, the sum over the CPUs.
 *
 * @param packetsByStack of those forwarded, what went to an endpoint through the stack, which cuts what is to be cut
 * @param repliesByStack the same of replies
 * @param answers ICMP "fragmentation needed" and ICMPv6 "packet too big" that were sent to senders
 * @param answersWithheld due, and not sent: too many, or there is no way to the sender
 */
public record ListenerPathMtu(long packetsByStack, long repliesByStack, long answers, long answersWithheld) {
    public static final long BYTES = uf_path_mtu.sizeof();

    /** Sums the per-CPU values that a lookup in PATH_MTU gives. */
    public static ListenerPathMtu sum(MemorySegment perCpu, int cpus) {
        long packets = 0;
        long replies = 0;
        long answers = 0;
        long withheld = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            MemorySegment counted = uf_path_mtu.asSlice(perCpu, cpu);
            packets += uf_path_mtu.pkts_by_stack(counted);
            replies += uf_path_mtu.replies_by_stack(counted);
            answers += uf_path_mtu.answers(counted);
            withheld += uf_path_mtu.answers_withheld(counted);
        }
        return new ListenerPathMtu(packets, replies, answers, withheld);
    }
}
