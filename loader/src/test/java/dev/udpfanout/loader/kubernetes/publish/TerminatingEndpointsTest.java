package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.VersionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class TerminatingEndpointsTest {
    @ParameterizedTest
    @CsvSource({"1,19,false", "1,20+,false", "1,25,false", "1,26,true", "1,36+,true", "2,0,true", "1,'',true"})
    void shouldBeServedFrom126OnWhenTheServerTellsItsVersion(String major, String minor, boolean served) {
        VersionInfo version =
                new VersionInfo.Builder().withMajor(major).withMinor(minor).build();

        assertEquals(served, TerminatingEndpoints.areServedBy(version));
    }

    @Test
    void shouldBeServedWhenTheVersionIsNotKnown() {
        assertTrue(TerminatingEndpoints.areServedBy(null));
    }
}
