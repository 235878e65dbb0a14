package dev.udpfanout.forwarder.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointCountsTest {
    private static final int ROUNDS = EndpointCounts.MAX_LEFT + 10;

    private final EndpointCounts counts = new EndpointCounts();

    private static InetSocketAddress endpoint(int number) {
        return new InetSocketAddress("10.0.0.1", 1 + number);
    }

    private Target install(int number) {
        Target target = new Target(endpoint(number), counts.of(endpoint(number))) {
            @Override
            protected void close() {}
        };
        counts.install(List.of(target));
        return target;
    }

    @Test
    void shouldRememberTheLastThatLeftAndNoMoreWhenEachTableHasAnotherEndpoint() {
        Target first = install(0);
        Target second = install(1);
        for (int i = 2; i < ROUNDS; i++) {
            install(i);
            assertSame(second.counters(), install(1).counters());
        }
        assertEquals(EndpointCounts.MAX_LEFT + 1, counts.all().size());
        assertNotSame(first.counters(), counts.of(endpoint(0)));
    }
}
