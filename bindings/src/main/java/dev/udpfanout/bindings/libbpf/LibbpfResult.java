package dev.udpfanout.bindings.libbpf;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;

/** libbpf's convention since 1.0: functions that return an int return {@code -errno} when they fail. */
final class LibbpfResult {
    private LibbpfResult() {}

    /** Passes a result of 0 or more through, and throws for a negative one. */
    static int check(int result, String call, String on) {
        if (result < 0) {
            throw new SystemCallException(call, on, new Errno(-result));
        }
        return result;
    }

    /** As {@link #check}, but answers false where the errno is the expected one. */
    static boolean checkUnless(Errno expected, int result, String call, String on) {
        if (result == -expected.number()) {
            return false;
        }
        check(result, call, on);
        return true;
    }
}
