package dev.udpfanout.bindings.abi;

import dev.udpfanout.bindings.generated.abi.uf_settings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What the daemon tells the program before it is loaded: {@code struct uf_settings}.
 *
 * @param cpus CPUs online, at least 1: the round robin of each CPU starts at its own share of the endpoints
 * @param flowIdleTimeout after how long without a datagram a flow is no more
 * @param hasCoarseClock whether the kernel has the helper {@code bpf_ktime_get_coarse_ns}
 * @param hasInterfaceGroups whether listeners may wait on groups of interfaces
 */
public record ProgramSettings(int cpus, Duration flowIdleTimeout, boolean hasCoarseClock, boolean hasInterfaceGroups) {
    /** The object's data section that holds the settings. */
    public static final String SECTION = ".rodata.settings";

    /**
     * Writes the settings into the section's bytes, with a secret that nobody else learns.
     *
     * @param secrets where it comes from; what it draws must not be foreseeable
     */
    public void writeTo(MemorySegment section, RandomGenerator secrets) {
        uf_settings.cpus(section, cpus);
        uf_settings.has_coarse_clock(section, hasCoarseClock ? 1 : 0);
        uf_settings.has_interface_groups(section, hasInterfaceGroups ? 1 : 0);
        uf_settings.flow_idle_ns(section, flowIdleTimeout.toNanos());
        // Not by jextract's accessor of an element: that counts from the structure's start, and not from the array's.
        MemorySegment secret = uf_settings.index_secret(section);
        for (int i = 0; i < uf_settings.index_secret$dimensions()[0]; i++) {
            secret.setAtIndex(ValueLayout.JAVA_LONG, i, secrets.nextLong());
        }
    }
}
