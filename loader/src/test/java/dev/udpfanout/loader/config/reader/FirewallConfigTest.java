package dev.udpfanout.loader.config.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig.Firewall;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The key {@code firewall}. */
@Tag("unit")
class FirewallConfigTest {
    private static Firewall read(String key) throws InvalidConfigException {
        String yaml = ConfigProblemsTest.GOOD.replace("mode: tc_ebpf", key);
        return ConfigProblemsTest.READER
                .parse(yaml, "config.yaml")
                .listeners()
                .getFirst()
                .interception()
                .firewall();
    }

    @Test
    void shouldAcceptUnlessToldToLeave() throws Exception {
        assertEquals(Firewall.ACCEPT, read("mode: tc_ebpf"));
        assertEquals(Firewall.ACCEPT, read("firewall: accept"));
        assertEquals(Firewall.LEAVE, read("firewall: leave"));
    }

    @Test
    void shouldRefuseItOnANic() {
        ConfigProblemsTest.assertProblem(
                "config.yaml:5: listeners[0].firewall: is for dummy interfaces only: what is taken from a NIC passes no"
                        + " packet filter",
                ConfigProblemsTest.GOOD
                        .replace("interface: dummy0", "interface: eth0")
                        .replace("mode: tc_ebpf", "firewall: accept"));
    }
}
