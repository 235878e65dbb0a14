package dev.udpfanout.loader.drops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class DropTextTest {
    private static DropText userspace(String json) throws IOException {
        return DropText.ofUserspace(new ObjectMapper().readTree(json.replace('\'', '"')));
    }

    @Test
    void shouldSayOfUserSpaceWhatIsKnown() throws IOException {
        DropText whole = userspace("{'time':'2026-01-02T03:04:05.678Z','listener':'syslog','reason':'send_failed',"
                + "'source':'10.0.0.1:40000','destination':'192.168.1.1:514','endpoint':'10.42.0.11:514',"
                + "'packets':3,'payload_bytes':234}");
        assertEquals("03:04:05.678 send_failed    ", whole.start());
        assertEquals(
                "syslog userspace 10.0.0.1:40000 to 192.168.1.1:514, endpoint 10.42.0.11:514, 3 packets,"
                        + " 234 bytes of payload",
                whole.line());

        DropText poor = userspace("{'time':'2026-01-02T03:04:05Z','listener':'syslog','reason':'unreachable',"
                + "'endpoint':'10.42.0.11:514','packets':1,'payload_bytes':0}");
        assertEquals("syslog userspace ? to ?, endpoint 10.42.0.11:514", poor.line());
    }

    @Test
    void shouldNameTheSlotWhenTheListenerIsNotKnown() {
        DropEvent event = new DropEvent(
                1,
                2,
                "not_allowed",
                7,
                0,
                1,
                106,
                Optional.of(new InetSocketAddress("192.168.1.10", 40213)),
                Optional.of(new InetSocketAddress("192.168.1.1", 514)),
                "eth0");
        assertEquals(
                "slot 7 eth0 192.168.1.10:40213 to 192.168.1.1:514, 106 bytes",
                DropText.ofKernel(event, Instant.EPOCH, "", Optional.empty()).line());
    }
}
