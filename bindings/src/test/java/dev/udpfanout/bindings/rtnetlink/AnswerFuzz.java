package dev.udpfanout.bindings.rtnetlink;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;
import dev.udpfanout.bindings.rtnetlink.address.Addresses;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbours;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import dev.udpfanout.bindings.rtnetlink.tc.Qdiscs;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilters;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A target of {@code make fuzz}: what the kernel answers to each question that is asked about links, addresses, routes,
 * neighbours, qdiscs and filters. Whatever the bytes, there is a result or a {@link SystemCallException}.
 */
public final class AnswerFuzz {
    private static final List<Integer> TYPES = List.of(
            Rtnetlink.RTM_NEWLINK(),
            Rtnetlink.RTM_NEWADDR(),
            Rtnetlink.RTM_NEWROUTE(),
            Rtnetlink.RTM_NEWNEIGH(),
            Rtnetlink.RTM_NEWQDISC(),
            Rtnetlink.RTM_NEWTFILTER(),
            Rtnetlink.NLMSG_ERROR(),
            Rtnetlink.NLMSG_DONE());
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final List<Consumer<RtnetlinkSocket>> QUESTIONS = List.of(
            socket -> new Links(socket).all(),
            socket -> new Links(socket).byName("dummy0"),
            socket -> new Addresses(socket).all(),
            socket -> new Routes(socket).all(),
            socket -> new Neighbours(socket).all(),
            socket -> new Neighbours(socket).forwardingEntries(),
            socket -> new Qdiscs(socket).all(),
            socket -> new TcFilters(socket).of(1, TcHook.INGRESS));

    private AnswerFuzz() {}

    /** Tries one input as the answer to every question: a type and a payload, or, with no type of ours, bare bytes. */
    public static void fuzzerTestOneInput(byte[] input) {
        int type = input.length == 0 ? TYPES.size() : Byte.toUnsignedInt(input[0]);
        byte[] rest = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
        for (Consumer<RtnetlinkSocket> question : QUESTIONS) {
            ScriptedTransport kernel = new ScriptedTransport()
                    .answer(sequence -> List.of(
                            type < TYPES.size()
                                    ? NetlinkBytes.joined(
                                            NetlinkBytes.withPayload(TYPES.get(type), sequence, rest),
                                            NetlinkBytes.done(sequence, 0))
                                    : rest));
            try (RtnetlinkSocket socket = new RtnetlinkSocket(kernel, TIMEOUT)) {
                question.accept(socket);
            } catch (SystemCallException e) {
                // Refused.
            }
        }
    }
}
