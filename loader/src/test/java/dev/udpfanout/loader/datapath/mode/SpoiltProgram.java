package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes of an eBPF object one that is the same but for one program, which no verifier takes. ELF64, elf(5). */
final class SpoiltProgram {
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;
    private static final int SYMBOL_TABLE = 2;

    /** BPF_EXIT in place of the first instruction: R0, which is to be the verdict, was never written. */
    private static final long EXIT = 0x95;

    private final ByteBuffer elf;

    private SpoiltProgram(byte[] elf) {
        this.elf = ByteBuffer.wrap(elf.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] in(byte[] elf, String program) {
        SpoiltProgram object = new SpoiltProgram(elf);
        object.spoil(program);
        return object.elf.array();
    }

    private void spoil(String program) {
        int sections = Short.toUnsignedInt(elf.getShort(0x3c));
        int spoilt = 0;
        for (int section = 0; section < sections; section++) {
            int header = sectionHeader(section);
            if (elf.getInt(header + 4) == SYMBOL_TABLE) {
                int strings = (int) elf.getLong(sectionHeader(elf.getInt(header + 40)) + 24);
                int symbols = (int) elf.getLong(header + 24);
                int end = symbols + (int) elf.getLong(header + 32);
                for (int symbol = symbols; symbol < end; symbol += SYMBOL_BYTES) {
                    if (string(strings + elf.getInt(symbol)).equals(program)) {
                        int code = (int) elf.getLong(sectionHeader(elf.getShort(symbol + 6)) + 24);
                        elf.putLong(code + (int) elf.getLong(symbol + 8), EXIT);
                        spoilt++;
                    }
                }
            }
        }
        assertEquals(1, spoilt, "programs named " + program);
    }

    private int sectionHeader(int section) {
        return (int) elf.getLong(0x28) + section * SECTION_HEADER_BYTES;
    }

    private String string(int offset) {
        int end = offset;
        while (elf.get(end) != 0) {
            end++;
        }
        return new String(elf.array(), offset, end - offset, StandardCharsets.UTF_8);
    }
}
