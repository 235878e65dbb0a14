package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.fabric8.kubernetes.client.VersionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class SharedAddressTest {
    @ParameterizedTest
    @CsvSource({
        "1, 19, false",
        "1, 35, false",
        "1, 35+, false",
        "1, 36, true",
        "1, 36+, true",
        "1, 40, true",
        "2, 0, true"
    })
    void shouldKnowTheVersionsWhoseKubeProxyKeepsAnyOfEqualEndpoints(String major, String minor, boolean expected) {
        VersionInfo version =
                new VersionInfo.Builder().withMajor(major).withMinor(minor).build();

        assertEquals(expected, SharedAddress.isRefusedBy(version));
    }

    @Test
    void shouldSayNothingOfAVersionThatIsNotKnown() {
        assertFalse(SharedAddress.isRefusedBy(null));
    }
}
