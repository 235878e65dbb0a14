package dev.udpfanout.bindings.abi;

import dev.udpfanout.bindings.generated.abi.uf_settings;
import java.lang.foreign.MemorySegment;

/**
 * What the daemon tells the program before it is loaded: {@code struct uf_settings}.
 *
 * @param cpus CPUs online, at least 1: the round robin of each CPU starts at its own share of the endpoints
 */
public record ProgramSettings(int cpus) {
    /** The object's data section that holds the settings. */
    public static final String SECTION = ".rodata.settings";

    /** Writes the settings into the section's bytes. */
    public void writeTo(MemorySegment section) {
        uf_settings.cpus(section, cpus);
    }
}
