package dev.udpfanout.loader.doctor.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Link.Lower;
import dev.udpfanout.bindings.rtnetlink.link.Link.Xdp;
import dev.udpfanout.bindings.rtnetlink.link.Link.XdpMode;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class XdpCheckTest {
    private static final InetSocketAddress VIP = new InetSocketAddress("192.168.1.100", 514);
    private static final int BRIDGE = 9;
    private static final int BOND = 8;
    private static final int VLAN = 100;
    private static final int ETHERTYPE = 12;
    private static final short TAG = (short) 0x8100;
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;
    /** Of a program that no kernel has. */
    private static final Xdp NATIVE = new Xdp(XdpMode.DRIVER, Integer.MAX_VALUE);

    private static Link link(int index, String kind, int master, Optional<Lower> lower, Xdp... programs) {
        return new Link(
                index,
                "link" + index,
                kind,
                true,
                true,
                false,
                1500,
                1,
                master == 0 ? OptionalInt.empty() : OptionalInt.of(master),
                "02:00:00:00:00:01",
                OptionalInt.empty(),
                OptionalInt.empty(),
                List.of(programs),
                lower,
                false,
                "");
    }

    private static Link nic(int index, Xdp... programs) {
        return link(index, "", 0, Optional.empty(), programs);
    }

    private static XdpCheck answering(int verdict) {
        return new XdpCheck((program, frame, ifindex) -> Optional.of(new TestRun(verdict, frame, 0)));
    }

    private static String names(List<Diagnosis> found) {
        List<String> names = new ArrayList<>();
        found.forEach(each -> names.add(each.finding().replaceAll(".* of (\\w+) .*", "$1")));
        return String.join(" ", names);
    }

    @Test
    void shouldSayNothingWhenNoInterfaceOfTheWayHasAProgram() {
        assertEquals(List.of(), answering(XDP_DROP).of(List.of(nic(2)), List.of(nic(2), nic(3, NATIVE)), VIP));
    }

    @ParameterizedTest
    @CsvSource({
        "0, PROBLEM, XDP_ABORTED",
        "1, PROBLEM, drops datagrams to 192.168.1.100:514",
        "2, OK, lets datagrams to 192.168.1.100:514 pass",
        "3, PROBLEM, back to the network",
        "4, WARNING, redirects",
        "7, PROBLEM, unknown answer"
    })
    void shouldJudgeByWhatTheProgramDoesWithADatagram(int verdict, Result result, String finding) {
        List<Link> links = List.of(nic(2, NATIVE));
        Diagnosis found = answering(verdict).of(links, links, VIP).getFirst();

        assertEquals(result, found.result());
        assertTrue(found.finding().contains(finding), found::finding);
        assertTrue(found.finding().contains("in the driver of link2"), found::finding);
        assertTrue(result == Result.OK || found.mend().contains("bpftool net detach xdpdrv dev link2"), found::mend);
    }

    @Test
    void shouldWarnOfAProgramThatChangesWhatItLetsPass() {
        List<Link> links = List.of(nic(2, NATIVE));
        XdpCheck changing = new XdpCheck((program, frame, ifindex) -> {
            byte[] changed = frame.clone();
            changed[changed.length - 1]++;
            return Optional.of(new TestRun(XDP_PASS, changed, 0));
        });

        Diagnosis found = changing.of(links, links, VIP).getFirst();
        assertEquals(Result.WARNING, found.result());
        assertTrue(found.finding().contains("changes datagrams"), found::finding);
    }

    @Test
    void shouldSayWhyItWasNotTried() {
        List<Link> links = List.of(nic(2, NATIVE), nic(3, new Xdp(XdpMode.HARDWARE, 1)));
        List<Diagnosis> found = new XdpCheck((program, frame, ifindex) -> Optional.empty()).of(links, links, VIP);

        found.forEach(each -> assertEquals(Result.NOT_CHECKED, each.result()));
        assertTrue(found.getFirst().finding().contains("CAP_SYS_ADMIN"), found::toString);
        assertTrue(found.getLast().finding().contains("it runs in the card"), found::toString);
        found.forEach(each -> assertTrue(each.mend().contains("--live 1/1"), each::mend));
    }

    /** Frames pass these first; a pod's veth on the same bridge is not on the way. */
    @Test
    void shouldLookAtAllThatIsBeneathTheInterface() {
        Link bridge = link(BRIDGE, "bridge", 0, Optional.empty());
        Link vlan = link(7, "vlan", BRIDGE, Optional.of(new Lower(BOND, OptionalInt.of(VLAN))), NATIVE);
        Link bond = link(BOND, "bond", 0, Optional.empty());
        Link card = link(2, "", BOND, Optional.empty(), NATIVE);
        Link virtualCard = link(4, "veth", BOND, Optional.empty(), NATIVE);
        Link pod = link(3, "veth", BRIDGE, Optional.empty(), NATIVE);
        Link other = nic(5, NATIVE);

        List<Diagnosis> found = answering(XDP_PASS)
                .of(List.of(bridge), List.of(bridge, vlan, bond, card, virtualCard, pod, other), VIP);

        assertEquals("link7 link2 link4", names(found));
    }

    /** Whether the tag is there still depends on the card. */
    @Test
    void shouldTryFramesBeneathAVlanWithAndWithoutItsTag() {
        Link vlan = link(7, "vlan", 0, Optional.of(new Lower(2, OptionalInt.of(VLAN))));
        List<Link> links = List.of(vlan, nic(2, NATIVE));
        XdpCheck ofTagged = new XdpCheck((program, frame, ifindex) -> Optional.of(new TestRun(
                ByteBuffer.wrap(frame).getShort(ETHERTYPE) == TAG
                                && ByteBuffer.wrap(frame).getShort(ETHERTYPE + 2) == VLAN
                        ? XDP_DROP
                        : XDP_PASS,
                frame,
                0)));

        Diagnosis found = ofTagged.of(List.of(vlan), links, VIP).getFirst();
        assertEquals(Result.WARNING, found.result());
        assertTrue(found.finding().endsWith("if they have the VLAN's tag when it sees them"), found::finding);
        assertEquals(
                Result.PROBLEM,
                answering(XDP_DROP).of(List.of(vlan), links, VIP).getFirst().result());
    }
}
