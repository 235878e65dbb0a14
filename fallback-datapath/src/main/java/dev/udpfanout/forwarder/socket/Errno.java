package dev.udpfanout.forwarder.socket;

import java.util.Map;

/** The error numbers that the forwarder tells apart, and names for those an operator may meet. Source: errno(3). */
public final class Errno {
    public static final int EPERM = 1;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EINVAL = 22;
    public static final int EMSGSIZE = 90;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENOBUFS = 105;
    public static final int ECONNREFUSED = 111;
    public static final int ECANCELED = 125;

    private static final Map<Integer, String> TEXT = Map.ofEntries(
            Map.entry(EPERM, "EPERM (operation not permitted)"),
            Map.entry(EINTR, "EINTR (interrupted by a signal)"),
            Map.entry(EIO, "EIO (input/output error)"),
            Map.entry(9, "EBADF (bad file descriptor)"),
            Map.entry(EAGAIN, "EAGAIN (would block)"),
            Map.entry(12, "ENOMEM (out of memory)"),
            Map.entry(EACCES, "EACCES (permission denied)"),
            Map.entry(EINVAL, "EINVAL (invalid argument)"),
            Map.entry(23, "ENFILE (too many open files on the whole machine)"),
            Map.entry(24, "EMFILE (too many open files)"),
            Map.entry(EMSGSIZE, "EMSGSIZE (message too long)"),
            Map.entry(92, "ENOPROTOOPT (option not known to this kernel)"),
            Map.entry(97, "EAFNOSUPPORT (address family not supported)"),
            Map.entry(EADDRINUSE, "EADDRINUSE (address and port already in use)"),
            Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL (not an address of this host)"),
            Map.entry(100, "ENETDOWN (network is down)"),
            Map.entry(101, "ENETUNREACH (no route to the network)"),
            Map.entry(ENOBUFS, "ENOBUFS (no buffer space)"),
            Map.entry(ECONNREFUSED, "ECONNREFUSED (port unreachable)"),
            Map.entry(113, "EHOSTUNREACH (no route to the host)"),
            Map.entry(ECANCELED, "ECANCELED (cancelled)"));

    private Errno() {}

    /** The symbol and its meaning, for example {@code "EACCES (permission denied)"}. */
    public static String text(int number) {
        return TEXT.getOrDefault(number, "errno " + number);
    }
}
