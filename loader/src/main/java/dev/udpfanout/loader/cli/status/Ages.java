package dev.udpfanout.loader.cli.status;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How long ago a time in ISO 8601 was, for people; {@code "?"} for what is no time. */
final class Ages {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Ages() {}

    /** To the second, for example {@code "3d 04:05:06"}. */
    static String uptime(String startedAt, Instant now) {
        try {
            Duration up = Duration.between(Instant.parse(startedAt), now);
            return "%dd %02d:%02d:%02d"
                    .formatted(up.toDays(), up.toHoursPart(), up.toMinutesPart(), up.toSecondsPart());
        } catch (DateTimeException e) {
            return "?";
        }
    }

    /** The time itself, to the second: {@code 2026-01-31T12:00:00Z}. */
    static String seconds(String at) {
        try {
            return Instant.parse(at).truncatedTo(ChronoUnit.SECONDS).toString();
        } catch (DateTimeException e) {
            return "?";
        }
    }

    /** In the largest unit that gives a whole number of at least 1, for example {@code "4 min"}. */
    static String age(String at, Instant now) {
        try {
            long seconds = Math.max(0, Duration.between(Instant.parse(at), now).toSeconds());
            if (seconds < MINUTE) {
                return seconds + " s";
            }
            if (seconds < HOUR) {
                return seconds / MINUTE + " min";
            }
            return seconds < DAY ? seconds / HOUR + " h" : seconds / DAY + " d";
        } catch (DateTimeException e) {
            return "?";
        }
    }
}
