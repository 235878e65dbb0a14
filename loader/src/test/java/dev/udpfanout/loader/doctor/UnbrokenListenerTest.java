package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A listener that does not take every datagram, or does more with it than pass it on, is no fault: doctor's own test
 * datagrams are such as it takes.
 */
@Tag("kernel")
class UnbrokenListenerTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NIC             | payload: netflow; allow: [ 192.168.1.10, 10.9.0.0/16 ]
            NIC6            | policy: hash; payload: statsd; allow: [ "2001:db8:1::10" ]
            VIP_DIRECT      | policy: hash; hash_on: gelf; lease_secs: 15; allow: [ 198.51.100.0/24 ]
            DUMMY_INGRESS   | policy: replicate; allow: [ 192.168.1.0/28 ]
            VIP_DIRECT6     | replies: true; allow: [ "2001:db8:1::/120" ]
            NIC_USERSPACE   | payload: netflow; io: epoll; allow: [ 192.168.1.10 ]
            NIC_USERSPACE6  | policy: hash; payload: statsd; io: io_uring; allow: [ "2001:db8:7::/64" ]
            DUMMY_USERSPACE | policy: hash; hash_on: rtp; io: epoll; source: node; allow: [ 192.168.1.64/26 ]
            """)
    void shouldFindNothingWrongAndFollowTestDatagrams(WayIn way, String keys) throws IOException {
        assumeTrue(Selection.isWanted("nothing is wrong") && Selection.isOf(way));
        try (DoctorLab lab = new DoctorLab(directory, way, "", keys.replace("; ", "\n    "))) {
            List<Diagnosis> found = lab.examine();
            assertEquals(Set.of(), DoctorLab.bad(found), () -> DoctorLab.text(found));
            assertEquals(Set.of(Result.OK), ofTestDatagrams(found), () -> DoctorLab.text(found));
        }
    }

    /** One of several test datagrams is all that it lets through. */
    @ParameterizedTest
    @CsvSource({"NIC, OK", "NIC_USERSPACE6, NOT_CHECKED"})
    void shouldFindNothingWrongWhenTheRateLimitTakesTestDatagrams(WayIn way, Result result) throws IOException {
        assumeTrue(Selection.isWanted("nothing is wrong") && Selection.isOf(way));
        try (DoctorLab lab = new DoctorLab(directory, way, "", "rate_limit: { packets_per_second: 1, burst: 1 }")) {
            List<Diagnosis> found = lab.examine();
            assertEquals(Set.of(), DoctorLab.bad(found), () -> DoctorLab.text(found));
            assertTrue(ofTestDatagrams(found).contains(result), () -> DoctorLab.text(found));
        }
    }

    private static Set<Result> ofTestDatagrams(List<Diagnosis> found) {
        return found.stream()
                .filter(each -> each.check().equals("test_datagram"))
                .map(Diagnosis::result)
                .collect(Collectors.toSet());
    }
}
