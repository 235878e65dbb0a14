package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.libc.Libc;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A program on a hook, whoever has put it there.
 *
 * @param id the kernel's number for it, as in {@code bpftool prog show}; 0 for a classifier that is no eBPF program
 * @param name as the kernel has it, at most 15 bytes; empty if it cannot be asked for: that takes CAP_SYS_ADMIN
 */
public record HookProgram(int id, String name) {
    /** A program by its number. */
    public static HookProgram ofId(int id) {
        try {
            return new HookProgram(id, BpfProgram.nameOfId(id).orElse(""));
        } catch (SystemCallException e) {
            return new HookProgram(id, "");
        }
    }

    /**
     * What the program returns for a frame that nobody has sent: BPF_PROG_TEST_RUN of bpf(2). What it does to its own
     * maps, it does.
     *
     * @param frame a whole Ethernet frame
     * @param ifindex the interface by which it seems to come
     * @return empty if it cannot be tried: no eBPF program, gone by now, or the kernel refuses
     */
    public OptionalInt verdictOn(byte[] frame, int ifindex) {
        return tried(program -> program.testRunOn(ifindex, frame).verdict())
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /**
     * As {@link #verdictOn}, of an XDP program: what it returns, an XDP_ of linux/bpf.h, and the frame as it leaves it.
     *
     * @return empty if it cannot be tried: it is gone by now, runs in the card itself, or the kernel refuses
     */
    public Optional<BpfProgram.TestRun> xdpRunOn(byte[] frame, int ifindex) {
        return tried(program -> program.testRunXdpOn(ifindex, frame));
    }

    private <T> Optional<T> tried(Function<BpfProgram, T> run) {
        int fd = id == 0 ? -1 : BpfProgram.fdOfId(id);
        if (fd < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(run.apply(new BpfProgram(name, fd)));
        } catch (SystemCallException e) {
            return Optional.empty();
        } finally {
            Libc.close(fd);
        }
    }

    @Override
    public String toString() {
        String called = name.isEmpty() ? "a program" : name;
        return id == 0 ? called : called + " (id " + id + ")";
    }
}
