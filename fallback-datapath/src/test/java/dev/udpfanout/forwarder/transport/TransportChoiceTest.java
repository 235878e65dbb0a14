package dev.udpfanout.forwarder.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.forwarder.config.IoChoice;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class TransportChoiceTest {
    private static final Support YES = new Support.Supported();

    @Test
    void shouldTakeTheFirstThatWorksAndSayWhyNotTheOthers() {
        TransportProbe probe = probe(new Support.Unsupported("no ring"), new Support.Unknown("odd"));
        TransportChoice choice = TransportChoice.of(IoChoice.AUTO, probe);
        assertEquals(Transport.NIO, choice.transport());
        assertEquals("nio (not io_uring: no ring) (not epoll: could not tell: odd)", choice.describe());
    }

    @Test
    void shouldPreferIoUring() {
        assertEquals(
                "io_uring", TransportChoice.of(IoChoice.AUTO, probe(YES, YES)).describe());
    }

    @Test
    void shouldPreferSingleReceivesToEpoll() {
        TransportProbe probe =
                probe(new Support.Unsupported("no multishot"), YES).with(Transport.IO_URING_SINGLE_SHOT, YES);
        assertEquals(
                "io_uring_single_shot (not io_uring: no multishot)",
                TransportChoice.of(IoChoice.AUTO, probe).describe());
    }

    @Test
    void shouldReceiveOneByOneWhereIoUringIsAskedForAndHasNoMultishot() {
        TransportProbe probe =
                probe(new Support.Unsupported("no multishot"), YES).with(Transport.IO_URING_SINGLE_SHOT, YES);
        assertEquals(
                "io_uring_single_shot (not io_uring: no multishot)",
                TransportChoice.of(IoChoice.IO_URING, probe).describe());
    }

    @Test
    void shouldFailLoudlyWhenTheTransportAskedForIsNotThere() {
        TransportProbe probe = probe(new Support.Unsupported("no ring"), YES);
        ForwarderException refusal =
                assertThrows(ForwarderException.class, () -> TransportChoice.of(IoChoice.IO_URING, probe));
        assertEquals("io: io_uring: no ring", refusal.getMessage());
    }

    @Test
    void shouldTellWhoForbidsIoUring() {
        Throwable forbidden = new RuntimeException("io_uring_setup: Operation not permitted");
        assertTrue(describe(forbidden, 2).contains("kernel.io_uring_disabled is 2"));
        assertTrue(describe(forbidden, 0).contains("seccomp"));
        assertTrue(describe(new RuntimeException("Function not implemented"), 0).contains("ENOSYS"));
        Throwable passing = new RuntimeException("Cannot allocate memory");
        assertInstanceOf(Support.Unknown.class, UnavailabilityCause.of("io_uring", passing, new IoUringSysctl(0)));
    }

    @Test
    void shouldFindAllTransportsOnThisKernel() {
        TransportProbe probe = TransportProbe.run();
        for (Transport transport : Transport.values()) {
            assertEquals("supported", probe.of(transport).describe(), transport.label());
        }
    }

    private static String describe(Throwable cause, int sysctl) {
        return UnavailabilityCause.of("io_uring", cause, new IoUringSysctl(sysctl))
                .describe();
    }

    private static TransportProbe probe(Support ioUring, Support epoll) {
        return new TransportProbe(Map.of(
                Transport.IO_URING,
                ioUring,
                Transport.EPOLL,
                epoll,
                Transport.IO_URING_SINGLE_SHOT,
                ioUring,
                Transport.NIO,
                YES));
    }
}
