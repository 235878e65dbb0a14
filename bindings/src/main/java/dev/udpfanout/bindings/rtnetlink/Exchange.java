package dev.udpfanout.bindings.rtnetlink;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_DONE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_ERROR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_NOOP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLMSG_OVERRUN;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_DUMP_INTR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_REQUEST;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.rtnetlink.netlink.Acknowledgement;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One request and all of its answer, to the NLMSG_ERROR or NLMSG_DONE that ends it. After a failure it still reads to
 * that end: a dump left half read would make the kernel refuse the socket's next one with EBUSY.
 */
final class Exchange<T> {
    /** A dump may take this many time-outs in all, as long as each of its parts comes within one. */
    private static final int MAX_TIMEOUTS_OF_A_DUMP = 15;

    private final Transport transport;
    private final int sequence;
    private final Duration timeout;
    private final Function<Message, Optional<T>> decoder;
    private final List<T> answers = new ArrayList<>();
    private Failure failure;
    private boolean ended;
    private boolean interrupted;

    Exchange(Transport transport, int sequence, Duration timeout, Function<Message, Optional<T>> decoder) {
        this.transport = transport;
        this.sequence = sequence;
        this.timeout = timeout;
        this.decoder = decoder;
    }

    /**
     * Sends the request and reads its answer.
     *
     * @throws SystemCallException if the kernel refuses, does not answer in time, or answers with nonsense (EPROTO)
     */
    List<T> run(Request request, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MessageBuilder message =
                    new MessageBuilder(arena, request.type().number(), NLM_F_REQUEST() | flags, sequence);
            request.body().accept(message);
            transport.send(message.finished());
            receiveAll(arena.allocate(NetlinkDescriptor.RECEIVE_BUFFER_BYTES, Long.BYTES));
        } catch (SystemCallException e) {
            fail(e.errno(), e.getMessage());
        }
        if (failure != null) {
            throw failure.of(request);
        }
        return answers;
    }

    /** Whether what was dumped changed meanwhile, so that the answer may have holes: NLM_F_DUMP_INTR. */
    boolean isInterrupted() {
        return interrupted;
    }

    private void receiveAll(MemorySegment buffer) {
        long lastNanos = System.nanoTime() + MAX_TIMEOUTS_OF_A_DUMP * timeout.toNanos();
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (!ended) {
            // After the time is up one last look: this thread may have been held up, not the kernel.
            long remainingNanos = Math.max(0, deadlineNanos - System.nanoTime());
            long received = transport.receive(buffer, remainingNanos);
            if (received != Transport.TIMED_OUT && isProgress(buffer, received)) {
                deadlineNanos = Math.min(lastNanos, System.nanoTime() + timeout.toNanos());
            }
            boolean late = remainingNanos == 0 && deadlineNanos - System.nanoTime() <= 0;
            if (!ended && (received == Transport.TIMED_OUT || late)) {
                fail(Errno.ETIMEDOUT, "no answer within " + timeout.toMillis() + " ms");
                return;
            }
        }
    }

    private boolean isProgress(MemorySegment buffer, long received) {
        if (received <= buffer.byteSize()) {
            return accept(buffer.asSlice(0, received));
        }
        fail(new Errno(Libc.EMSGSIZE()), "an answer of " + received + " bytes, cut off at " + buffer.byteSize());
        return true;
    }

    /** Whether the datagram had a part of the answer; what a request that had timed out left behind has none. */
    private boolean accept(MemorySegment datagram) {
        boolean ours = false;
        try {
            for (Message message : Message.parse(datagram)) {
                if (message.sequence() == sequence && !ended) {
                    ours = true;
                    accept(message);
                }
            }
        } catch (MalformedMessageException e) {
            fail(Errno.EPROTO, e.getMessage());
        }
        return ours;
    }

    private void accept(Message message) {
        interrupted |= message.has(NLM_F_DUMP_INTR());
        if (message.type() == NLMSG_ERROR() || message.type() == NLMSG_DONE()) {
            ended = true;
            Acknowledgement acknowledgement = Acknowledgement.decode(message);
            if (!acknowledgement.isSuccess()) {
                fail(acknowledgement.errno(), acknowledgement.text());
            }
        } else if (message.type() == NLMSG_OVERRUN()) {
            fail(Errno.ENOBUFS, "the kernel lost a part of the answer");
        } else if (message.type() != NLMSG_NOOP() && failure == null) {
            decoder.apply(message).ifPresent(answers::add);
        }
    }

    private void fail(Errno errno, String text) {
        if (failure == null) {
            failure = new Failure(errno, text);
        }
    }

    private record Failure(Errno errno, String text) {
        SystemCallException of(Request request) {
            String call = request.type().name();
            String about = request.about().get();
            return text.isEmpty()
                    ? new SystemCallException(call, about, errno)
                    : new SystemCallException(call, about, errno, text);
        }
    }
}
