package dev.udpfanout.bindings.errno;

import dev.udpfanout.bindings.generated.libc.Libc;
import java.lang.foreign.MemorySegment;

/**
 * A value of C's {@code errno}, such as 1 for {@code EPERM}: see errno(3).
 *
 * @param number the positive number; 0 means that no error was reported
 */
public record Errno(int number) {
    public static final Errno EPERM = new Errno(Libc.EPERM());
    public static final Errno ENOENT = new Errno(Libc.ENOENT());
    public static final Errno EINTR = new Errno(Libc.EINTR());
    public static final Errno EAGAIN = new Errno(Libc.EAGAIN());
    public static final Errno EACCES = new Errno(Libc.EACCES());
    public static final Errno EBUSY = new Errno(Libc.EBUSY());
    public static final Errno EEXIST = new Errno(Libc.EEXIST());
    public static final Errno ENODEV = new Errno(Libc.ENODEV());
    public static final Errno EINVAL = new Errno(Libc.EINVAL());
    public static final Errno ESRCH = new Errno(Libc.ESRCH());
    public static final Errno ENOTSUP = new Errno(Libc.EOPNOTSUPP());
    public static final Errno EADDRNOTAVAIL = new Errno(Libc.EADDRNOTAVAIL());
    public static final Errno ENOBUFS = new Errno(Libc.ENOBUFS());
    public static final Errno ENETDOWN = new Errno(Libc.ENETDOWN());
    public static final Errno ENETUNREACH = new Errno(Libc.ENETUNREACH());
    public static final Errno EHOSTUNREACH = new Errno(Libc.EHOSTUNREACH());
    public static final Errno ETIMEDOUT = new Errno(Libc.ETIMEDOUT());
    public static final Errno EPROTO = new Errno(Libc.EPROTO());

    /**
     * The symbol as errno.h has it, for example {@code "EPERM"}; {@code "errno 524"} for a number without one (the
     * kernel has some that C libraries do not know). Source: strerrorname_np(3), glibc 2.32.
     */
    public String symbol() {
        MemorySegment name = Libc.strerrorname_np(number);
        return name.equals(MemorySegment.NULL)
                ? "errno " + number
                : name.reinterpret(64).getString(0);
    }

    @Override
    public String toString() {
        return symbol();
    }
}
