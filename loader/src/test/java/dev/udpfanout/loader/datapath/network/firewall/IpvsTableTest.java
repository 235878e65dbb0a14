package dev.udpfanout.loader.datapath.network.firewall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lines as ip_vs_info_seq_show of net/netfilter/ipvs/ip_vs_ctl.c writes them. */
@Tag("unit")
class IpvsTableTest {
    private static final List<String> HEAD = List.of(
            "IP Virtual Server version 1.2.1 (size=4096)",
            "Prot LocalAddress:Port Scheduler Flags",
            "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn");
    private static final String SERVICE = "UDP  C0A80164:15AA rr ";
    private static final String SERVICE6 = "UDP  [2001:0db8:0001:0000:0000:0000:0000:0100]:15AA rr ";
    private static final String OTHER = "UDP  C0A80164:15AB rr ";
    private static final String DESTINATION = "  -> 0AFF0001:158A      Masq    1      0          0         ";
    private static final String DRAINED = "  -> 0AFF0001:158A      Masq    0      0          0         ";
    private static final InetSocketAddress VIP = new InetSocketAddress("192.168.1.100", 5546);
    private static final InetSocketAddress VIP6 = new InetSocketAddress("2001:db8:1::100", 5546);

    private static IpvsTable table(String... lines) {
        return new IpvsTable(java.util.stream.Stream.concat(HEAD.stream(), java.util.Arrays.stream(lines))
                .toList());
    }

    @Test
    void shouldLeadOnWhenTheServiceHasADestinationOfBothFamilies() {
        assertTrue(table(SERVICE, DESTINATION).leadsOn(VIP));
        assertTrue(table(SERVICE6, DESTINATION).leadsOn(VIP6));
    }

    @Test
    void shouldNotLeadOnWhenTheDestinationIsAnotherServicesOrDrainedOrMissing() {
        assertFalse(table(SERVICE, OTHER, DESTINATION).leadsOn(VIP));
        assertFalse(table(SERVICE, DRAINED).leadsOn(VIP));
        assertFalse(table(SERVICE).leadsOn(VIP));
        assertTrue(table(SERVICE).has(VIP));
    }

    @Test
    void shouldHaveNoServiceWhenItIsOfAnotherPortOrThereIsNone() {
        assertFalse(table(OTHER, DESTINATION).has(VIP));
        assertFalse(table(OTHER, DESTINATION).isEmpty());
        assertTrue(table().isEmpty());
        assertEquals(List.of(), new IpvsTable(List.of()).lines());
    }
}
