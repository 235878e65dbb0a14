package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.forwarder.socket.SocketException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The kernel's datapath and the forwarder in user space know nothing of each other, and say alike which call failed and
 * why.
 */
@Tag("unit")
class FailedCallTextTest {
    /** The last number in errno(3). */
    private static final int LAST = 133;

    @Test
    void shouldSayTheSameOfAFailedCallWhenItHasASubject() {
        assertEquals(
                new SystemCallException("bind", "10.0.0.1:514", Errno.EADDRNOTAVAIL, "not an address of this host")
                        .getMessage(),
                new SocketException("bind", "10.0.0.1:514", Errno.EADDRNOTAVAIL.number()).getMessage());
    }

    @Test
    void shouldSayTheSameOfAFailedCallWhenItHasNone() {
        assertEquals(
                new SystemCallException("epoll_create1", "", new Errno(24), "too many open files").getMessage(),
                new SocketException("epoll_create1", "", 24).getMessage());
    }

    @Test
    void shouldNameEachErrorAsTheCLibraryDoesWhenTheForwarderHasANameForIt() {
        List<String> named = IntStream.rangeClosed(1, LAST)
                .filter(number -> !text(number).startsWith("errno "))
                .peek(number ->
                        assertEquals(new Errno(number).symbol(), text(number).split(" ")[0]))
                .mapToObj(FailedCallTextTest::text)
                .toList();
        assertTrue(named.size() > 15, named::toString);
    }

    private static String text(int number) {
        return dev.udpfanout.forwarder.socket.Errno.text(number);
    }
}
