package dev.udpfanout.bindings.nftables;

import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NETLINK_NETFILTER;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFNL_SUBSYS_NFTABLES;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_GEN_ID;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFT_MSG_GETGEN;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFT_MSG_NEWGEN;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.netfilter.nfgenmsg;
import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;
import dev.udpfanout.bindings.rtnetlink.netlink.Acknowledgement;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import dev.udpfanout.bindings.rtnetlink.netlink.Readiness;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The number that the kernel counts up with each change of the ruleset of a network namespace: NFT_MSG_GETGEN of
 * net/netfilter/nf_tables_api.c. One message asks for it, whatever the size of the ruleset.
 */
final class RulesetGeneration implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int SUBSYSTEM_SHIFT = 8;

    /** nlmsg_type of an answer, and of a notification that a transaction is done. */
    static final int NEWGEN = NFNL_SUBSYS_NFTABLES() << SUBSYSTEM_SHIFT | NFT_MSG_NEWGEN();

    private static final int GETGEN = NFNL_SUBSYS_NFTABLES() << SUBSYSTEM_SHIFT | NFT_MSG_GETGEN();

    private final NetlinkDescriptor descriptor;
    private int sequence;

    private RulesetGeneration(NetlinkDescriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** @throws SystemCallException if the kernel has no netfilter, EPROTONOSUPPORT */
    static RulesetGeneration open() {
        return new RulesetGeneration(NetlinkDescriptor.open(NETLINK_NETFILTER()));
    }

    /**
     * Asks the kernel.
     *
     * @throws SystemCallException if the kernel has no nf_tables (EINVAL), does not permit (EPERM), or does not answer
     *     (ETIMEDOUT)
     */
    int read() {
        sequence++;
        try (Arena arena = Arena.ofConfined()) {
            MessageBuilder request = new MessageBuilder(arena, GETGEN, Rtnetlink.NLM_F_REQUEST(), sequence);
            request.struct(nfgenmsg.layout());
            descriptor.send(request.finished());
            return answer(arena.allocate(NetlinkDescriptor.RECEIVE_BUFFER_BYTES, Long.BYTES));
        } catch (MalformedMessageException e) {
            throw new SystemCallException("NFT_MSG_GETGEN", "", Errno.EPROTO, e.getMessage());
        }
    }

    private int answer(MemorySegment buffer) {
        long deadlineNanos = System.nanoTime() + TIMEOUT.toNanos();
        while (Readiness.await(deadlineNanos - System.nanoTime(), descriptor.number())) {
            OptionalLong received = descriptor.receiveNow(buffer);
            if (received.isPresent()) {
                OptionalInt generation =
                        generation(buffer.asSlice(0, Math.min(received.getAsLong(), buffer.byteSize())));
                if (generation.isPresent()) {
                    return generation.getAsInt();
                }
            }
        }
        throw new SystemCallException("NFT_MSG_GETGEN", "", Errno.ETIMEDOUT, "no answer within " + TIMEOUT);
    }

    private OptionalInt generation(MemorySegment datagram) {
        for (Message message : Message.parse(datagram)) {
            if (message.sequence() != sequence) {
                continue;
            }
            if (message.type() == Rtnetlink.NLMSG_ERROR()) {
                Acknowledgement refusal = Acknowledgement.decode(message);
                throw new SystemCallException("NFT_MSG_GETGEN", "", refusal.errno(), refusal.text());
            }
            if (message.type() == NEWGEN) {
                // In network byte order; that two numbers differ is all that counts.
                return message.attributes(nfgenmsg.layout()).number(NFTA_GEN_ID());
            }
        }
        return OptionalInt.empty();
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
