package dev.udpfanout.bindings.rtnetlink.route;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_F_CLONED;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWROUTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("unit")
class RouteDecoderTest {
    static Stream<Route> routes() throws Exception {
        InetAddress ipv4 = InetAddress.getByName("10.255.0.1");
        InetAddress ipv6 = InetAddress.getByName("fd00::1");
        return Stream.of(
                Route.onLink(ipv4, 32, 5),
                Route.onLink(ipv6, 128, 5),
                Route.local(ipv4, 5),
                Route.local(ipv6, 5),
                new Route(
                        1_000_000,
                        RouteType.UNICAST,
                        InetAddress.getByName("0.0.0.0"),
                        0,
                        OptionalInt.of(2),
                        Optional.of(ipv6),
                        100,
                        Scope.UNIVERSE,
                        RouteProtocol.BOOT,
                        Optional.of(ipv4),
                        OptionalInt.empty(),
                        List.of()),
                new Route(
                        Route.MAIN_TABLE,
                        RouteType.BLACKHOLE,
                        InetAddress.getByName("2001:db8::"),
                        32,
                        OptionalInt.empty(),
                        Optional.empty(),
                        1024,
                        Scope.UNIVERSE,
                        RouteProtocol.STATIC,
                        Optional.empty(),
                        OptionalInt.empty(),
                        List.of()));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void shouldReadBackTheRouteWhenTheEncoderWroteIt(Route route) {
        assertEquals(Optional.of(route), decode(message -> RouteEncoder.encode(message, route)));
    }

    @Test
    void shouldSkipWhenTheFamilyIsNotIp() {
        assertEquals(Optional.empty(), decode(message -> rtmsg.rtm_family(message.struct(rtmsg.layout()), (byte) 28)));
    }

    @Test
    void shouldSkipWhenTheRouteIsACacheEntry() {
        assertEquals(Optional.empty(), decode(message -> {
            MemorySegment header = message.struct(rtmsg.layout());
            rtmsg.rtm_family(header, (byte) 2);
            rtmsg.rtm_flags(header, RTM_F_CLONED());
        }));
    }

    @Test
    void shouldRefuseWhenThePrefixIsLongerThanAnAddress() {
        assertThrows(
                MalformedMessageException.class,
                () -> decode(message -> {
                    MemorySegment header = message.struct(rtmsg.layout());
                    rtmsg.rtm_family(header, (byte) 2);
                    rtmsg.rtm_dst_len(header, (byte) 33);
                }));
    }

    private static Optional<Route> decode(Consumer<MessageBuilder> body) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = NetlinkBytes.message(RTM_NEWROUTE(), 0, 1, body);
            return RouteDecoder.decode(
                    Message.parse(NetlinkBytes.inNativeMemory(arena, bytes)).getFirst());
        }
    }
}
