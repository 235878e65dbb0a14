package dev.udpfanout.forwarder.transport;

import java.util.Locale;

/** Makes of Netty's exception a reason that an operator can act on. */
final class UnavailabilityCause {
    private UnavailabilityCause() {}

    static Support of(String transport, Throwable cause, IoUringSysctl sysctl) {
        String message = rootMessage(cause);
        String lowerCase = message.toLowerCase(Locale.ROOT);
        if (lowerCase.contains("operation not permitted") || lowerCase.contains("permission denied")) {
            return sysctl.isForbidding()
                    ? new Support.Unsupported("the sysctl kernel.io_uring_disabled is " + sysctl.value())
                    : new Support.Unsupported(transport + " is forbidden (EPERM): most likely by a seccomp profile,"
                            + " as containerd's and Docker's default ones do");
        }
        if (lowerCase.contains("function not implemented")) {
            return new Support.Unsupported("this kernel has no " + transport + " (ENOSYS), or seccomp says so");
        }
        if (lowerCase.contains("memory") || lowerCase.contains("too many open files")) {
            return new Support.Unknown(message);
        }
        return new Support.Unsupported(message);
    }

    private static String rootMessage(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
