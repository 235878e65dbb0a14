package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.ICMP_FRAG_NEEDED;

import dev.udpfanout.bindings.generated.libc.cmsghdr;
import dev.udpfanout.bindings.generated.libc.iovec;
import dev.udpfanout.bindings.generated.libc.msghdr;
import dev.udpfanout.bindings.generated.libc.sock_extended_err;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** The memory of one recvmsg(2), used over and over: a {@code struct msghdr} and what it points to. */
final class ReceivedMessage {
    private static final int MAX_MESSAGE_BYTES = 2048;
    private static final int MAX_CONTROL_BYTES = 512;

    private final IcmpFamily family;
    private final MemorySegment header;
    private final MemorySegment address;
    private final MemorySegment data;
    private final MemorySegment control;

    ReceivedMessage(Arena arena, IcmpFamily family) {
        this.family = family;
        header = msghdr.allocate(arena);
        address = arena.allocate(family.domain().addressBytes(), Integer.BYTES);
        data = arena.allocate(MAX_MESSAGE_BYTES, Long.BYTES);
        control = arena.allocate(MAX_CONTROL_BYTES, Long.BYTES);
        MemorySegment vector = iovec.allocate(arena);
        iovec.iov_base(vector, data);
        iovec.iov_len(vector, data.byteSize());
        msghdr.msg_name(header, address);
        msghdr.msg_iov(header, vector);
        msghdr.msg_iovlen(header, 1);
        msghdr.msg_control(header, control);
    }

    /** The header for the next call, with its lengths set anew: the kernel has written to them. */
    MemorySegment cleared() {
        msghdr.msg_namelen(header, (int) address.byteSize());
        msghdr.msg_controllen(header, control.byteSize());
        return header;
    }

    /** Who sent it; in an error, where the message that failed was going: ip(7), IP_RECVERR. */
    InetAddress address() {
        return SocketAddress.read(address, family);
    }

    ByteBuffer data(long bytes) {
        return data.asSlice(0, Math.min(bytes, data.byteSize())).asByteBuffer();
    }

    /** The RFC's code, if this is an error and says that the destination is unreachable. */
    OptionalInt unreachableCode() {
        long end = msghdr.msg_controllen(header);
        long offset = 0;
        while (offset + cmsghdr.sizeof() <= end) {
            MemorySegment head = control.asSlice(offset, cmsghdr.sizeof());
            long bytes = cmsghdr.cmsg_len(head);
            if (bytes < cmsghdr.sizeof() || offset + bytes > end) {
                break;
            }
            if (cmsghdr.cmsg_level(head) == family.errors().level()
                    && cmsghdr.cmsg_type(head) == family.errors().option()) {
                return unreachableCode(control.asSlice(offset + cmsghdr.sizeof(), sock_extended_err.sizeof()));
            }
            offset += (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        }
        return OptionalInt.empty();
    }

    private OptionalInt unreachableCode(MemorySegment error) {
        int code = Byte.toUnsignedInt(sock_extended_err.ee_code(error));
        // "Fragmentation needed" comes from a host that can be reached, with a smaller packet.
        boolean isUnreachable =
                sock_extended_err.ee_origin(error) == family.errors().origin()
                        && sock_extended_err.ee_type(error) == family.types().unreachable()
                        && !(family == IcmpFamily.V4 && code == ICMP_FRAG_NEEDED());
        return isUnreachable ? OptionalInt.of(code) : OptionalInt.empty();
    }
}
