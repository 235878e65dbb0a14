package dev.udpfanout.loader.doctor;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which ways in and faults a run tries: {@code -Dudpfanout.doctor=all} ({@code make doctor-test}) takes all;
 * {@code -Dudpfanout.doctor.way} is a part of the names of ways in, {@code -Dudpfanout.doctor.fault} a pattern of those
 * of faults.
 */
final class Selection {
    private static final Pattern FAULT = Pattern.compile(System.getProperty("udpfanout.doctor.fault", ""));

    private Selection() {}

    static boolean isWhole() {
        return "all".equals(System.getProperty("udpfanout.doctor"));
    }

    /** Those that are wanted. */
    static Set<WayIn> of(Collection<WayIn> ways) {
        Set<WayIn> wanted = EnumSet.copyOf(ways);
        wanted.removeIf(way -> !isOf(way));
        return wanted;
    }

    static boolean isOf(WayIn way) {
        return way.name().contains(System.getProperty("udpfanout.doctor.way", ""));
    }

    static boolean isOfAllFaults() {
        return FAULT.pattern().isEmpty();
    }

    static boolean isWanted(String fault) {
        return FAULT.matcher(fault).find();
    }
}
