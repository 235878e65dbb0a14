package dev.udpfanout.loader.doctor.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class XdpCheckTest {
    private static final int BOND = 7;

    private static Link link(int index, String kind, OptionalInt master, boolean hasXdp) {
        return new Link(
                index,
                "link" + index,
                kind,
                true,
                true,
                false,
                1500,
                1,
                master,
                "02:00:00:00:00:01",
                OptionalInt.empty(),
                OptionalInt.empty(),
                hasXdp,
                false,
                "");
    }

    private static Link nic(int index, boolean hasXdp) {
        return link(index, "", OptionalInt.empty(), hasXdp);
    }

    @Test
    void shouldSayNothingWhenNoInterfaceOfTheWayHasAProgram() {
        assertEquals(Optional.empty(), XdpCheck.of(List.of(nic(2, false)), List.of(nic(2, false), nic(3, true))));
    }

    @Test
    void shouldNameEachInterfaceAndWhatShowsWhoseProgramItIs() {
        List<Link> links = List.of(nic(2, true), nic(3, false), nic(4, true));
        Diagnosis found = XdpCheck.of(links, links).orElseThrow();

        assertEquals(Result.NOT_CHECKED, found.result());
        assertTrue(found.finding().startsWith("an XDP program is on link2, link4: "), found::finding);
        assertTrue(found.mend().contains("bpftool net show"), found::mend);
        assertTrue(found.mend().contains("--live 1/1"), found::mend);
    }

    /** Frames pass a bond's or a bridge's cards first; a pod's veth on the same bridge is not on the way. */
    @Test
    void shouldNameTheCardThatIsAPortOfTheInterface() {
        Link bond = link(BOND, "bond", OptionalInt.empty(), false);
        Link card = link(2, "", OptionalInt.of(BOND), true);
        Link pod = link(3, "veth", OptionalInt.of(BOND), true);

        Diagnosis found = XdpCheck.of(List.of(bond), List.of(bond, card, pod)).orElseThrow();

        assertTrue(found.finding().startsWith("an XDP program is on link2: "), found::finding);
    }
}
