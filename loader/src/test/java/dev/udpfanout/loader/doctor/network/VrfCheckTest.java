package dev.udpfanout.loader.doctor.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links as a kernel with VRFs has them: this one may have none. */
@Tag("unit")
class VrfCheckTest {
    private static final Link ETH0 = link(2, "eth0", "", OptionalInt.of(5));
    private static final Link ETH1 = link(3, "eth1", "", OptionalInt.empty());
    private static final Link VRF = link(5, "blue", "vrf", OptionalInt.empty());

    @TempDir
    private Path proc;

    private static Link link(int index, String name, String kind, OptionalInt master) {
        return new Link(
                index, name, kind, true, true, false, 1500, 1, master, "02:00:00:00:00:01", OptionalInt.empty(), "");
    }

    private Optional<Diagnosis> found(Link way, List<Link> all, boolean isUserspace) {
        return VrfCheck.of(List.of(way), all, isUserspace, new NodeFiles(proc));
    }

    private void acceptFromVrfs(int value) throws IOException {
        Path settings = Files.createDirectories(proc.resolve("sys/net/ipv4"));
        Files.writeString(settings.resolve("udp_l3mdev_accept"), value + "\n");
    }

    @Test
    void shouldSayNothingWhenTheNodeHasNoVrf() {
        assertEquals(Optional.empty(), found(ETH1, List.of(ETH0, ETH1), false));
    }

    @Test
    void shouldFindNothingWhenTheWayIsInNoVrf() {
        assertEquals(
                Result.OK,
                found(ETH1, List.of(ETH0, ETH1, VRF), false).orElseThrow().result());
    }

    @Test
    void shouldSayThatItIsNotCheckedAndWhatShowsItWhenTheWayIsInAVrf() {
        Diagnosis diagnosis = found(ETH0, List.of(ETH0, ETH1, VRF), false).orElseThrow();

        assertEquals(Result.NOT_CHECKED, diagnosis.result());
        assertTrue(diagnosis.finding().startsWith("eth0 is in the VRF blue"), diagnosis::finding);
        assertTrue(diagnosis.mend().contains("udp-fanout trace --to VIP:PORT --interface eth0"), diagnosis::mend);
        assertTrue(diagnosis.mend().contains("ip route show vrf blue"), diagnosis::mend);
    }

    @Test
    void shouldNameTheSettingWhenSocketsGetNothingFromAVrf() throws IOException {
        acceptFromVrfs(0);
        Diagnosis diagnosis = found(ETH0, List.of(ETH0, VRF), true).orElseThrow();
        assertEquals(Result.PROBLEM, diagnosis.result());
        assertEquals("sysctl -w net.ipv4.udp_l3mdev_accept=1", diagnosis.mend());

        acceptFromVrfs(1);
        assertEquals(
                Result.NOT_CHECKED,
                found(ETH0, List.of(ETH0, VRF), true).orElseThrow().result());
    }
}
