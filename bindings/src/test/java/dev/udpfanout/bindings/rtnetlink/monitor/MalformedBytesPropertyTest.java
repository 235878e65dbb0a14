package dev.udpfanout.bindings.rtnetlink.monitor;

import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;
import dev.udpfanout.bindings.generated.rtnetlink.ifaddrmsg;
import dev.udpfanout.bindings.generated.rtnetlink.ifinfomsg;
import dev.udpfanout.bindings.generated.rtnetlink.tcmsg;
import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.link.Ipv4Settings;
import dev.udpfanout.bindings.rtnetlink.netlink.Acknowledgement;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import dev.udpfanout.bindings.rtnetlink.netlink.NetlinkBytes;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteEncoder;
import dev.udpfanout.bindings.rtnetlink.route.RouteProtocol;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;

/**
 * Whatever the bytes, decoding ends, and with a result or a {@link MalformedMessageException}. The bytes lie in native
 * memory of exactly their size, so that a read outside would throw another exception.
 */
@Tag("unit")
class MalformedBytesPropertyTest {
    static final List<Integer> TYPES = List.of(
            Rtnetlink.NLMSG_ERROR(),
            Rtnetlink.NLMSG_DONE(),
            Rtnetlink.RTM_NEWLINK(),
            Rtnetlink.RTM_NEWADDR(),
            Rtnetlink.RTM_NEWROUTE(),
            Rtnetlink.RTM_NEWQDISC(),
            Rtnetlink.RTM_NEWTFILTER());

    private record Mutation(int position, byte value) {}

    @Property(tries = 2000)
    void shouldDecodeOrRefuseWhenTheBytesAreRandom(@ForAll @Size(max = 200) byte[] bytes) {
        decode(bytes);
    }

    @Property(tries = 2000)
    void shouldDecodeOrRefuseWhenThePayloadIsRandom(
            @ForAll("types") int type, @ForAll @Size(max = 200) byte[] payload) {
        decode(NetlinkBytes.message(type, Rtnetlink.NLM_F_ACK_TLVS(), 1, message -> message.put(1, payload)));
    }

    @Property(tries = 4000)
    void shouldDecodeOrRefuseWhenAMessageIsMutatedAndCutShort(@ForAll("mutated") byte[] bytes) {
        decode(bytes);
    }

    @Provide
    Arbitrary<Integer> types() {
        return Arbitraries.of(TYPES);
    }

    @Provide
    Arbitrary<byte[]> mutated() {
        Arbitrary<Mutation> mutation = Combinators.combine(
                        Arbitraries.integers().between(0, 255), Arbitraries.bytes())
                .as(Mutation::new);
        return Combinators.combine(
                        Arbitraries.of(wellFormed()),
                        mutation.list().ofMaxSize(4),
                        Arbitraries.integers().between(0, 300))
                .as((whole, mutations, length) -> {
                    byte[] bytes = Arrays.copyOf(whole, Math.min(length, whole.length));
                    mutations.stream()
                            .filter(change -> change.position() < bytes.length)
                            .forEach(change -> bytes[change.position()] = change.value());
                    return bytes;
                });
    }

    private static List<byte[]> wellFormed() {
        Map<Integer, Consumer<MessageBuilder>> bodies = Map.of(
                Rtnetlink.RTM_NEWLINK(), MalformedBytesPropertyTest::link,
                Rtnetlink.RTM_NEWADDR(), MalformedBytesPropertyTest::address,
                Rtnetlink.RTM_NEWROUTE(), MalformedBytesPropertyTest::route,
                Rtnetlink.RTM_NEWTFILTER(), MalformedBytesPropertyTest::filter);
        return Stream.concat(
                        bodies.entrySet().stream()
                                .map(body -> NetlinkBytes.message(body.getKey(), 0, 1, body.getValue())),
                        Stream.of(
                                NetlinkBytes.error(1, 22, "some words"),
                                NetlinkBytes.joined(NetlinkBytes.link(1, 0, 2, "eth0"), NetlinkBytes.done(1, 0))))
                .toList();
    }

    private static void link(MessageBuilder message) {
        message.struct(ifinfomsg.layout());
        message.putString(Rtnetlink.IFLA_IFNAME(), "dummy0")
                .put(Rtnetlink.IFLA_ADDRESS(), new byte[6])
                .nest(Rtnetlink.IFLA_LINKINFO(), info -> info.putString(Rtnetlink.IFLA_INFO_KIND(), "dummy"));
        new Ipv4Settings.Change(Ipv4Settings.FORWARDING, 1).encode(message);
    }

    private static void address(MessageBuilder message) {
        ifaddrmsg.ifa_family(message.struct(ifaddrmsg.layout()), (byte) 2);
        message.put(Rtnetlink.IFA_LOCAL(), new byte[4]).put(Rtnetlink.IFA_ADDRESS(), new byte[4]);
    }

    private static void route(MessageBuilder message) {
        InetAddress destination = InternetAddress.any(10);
        RouteEncoder.encode(
                message,
                new Route(
                        1000,
                        RouteType.UNICAST,
                        destination,
                        128,
                        OptionalInt.of(3),
                        Optional.of(InternetAddress.any(2)),
                        7,
                        Scope.UNIVERSE,
                        RouteProtocol.BOOT,
                        Optional.of(destination),
                        OptionalInt.empty(),
                        List.of()));
    }

    private static void filter(MessageBuilder message) {
        tcmsg.tcm_parent(message.struct(tcmsg.layout()), TcHook.EGRESS.parent());
        message.putString(Rtnetlink.TCA_KIND(), "bpf")
                .putInt(Rtnetlink.TCA_CHAIN(), 1)
                .nest(Rtnetlink.TCA_OPTIONS(), bpf -> bpf.putString(Rtnetlink.TCA_BPF_NAME(), "udp_fanout")
                        .putInt(Rtnetlink.TCA_BPF_ID(), 9));
    }

    private static void decode(byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            for (Message message : Message.parse(NetlinkBytes.inNativeMemory(arena, bytes))) {
                decode(message);
            }
        } catch (MalformedMessageException e) {
            assert !e.getMessage().isEmpty();
        }
    }

    static void decode(Message message) {
        if (message.type() == Rtnetlink.NLMSG_ERROR() || message.type() == Rtnetlink.NLMSG_DONE()) {
            Acknowledgement.decode(message).errno().symbol();
            return;
        }
        EventDecoder.decode(message);
        if (message.type() == Rtnetlink.RTM_NEWLINK()) {
            Ipv4Settings.decode(message, Ipv4Settings.FORWARDING);
        }
    }
}
