package dev.udpfanout.loader.kubernetes.api;

import io.fabric8.kubernetes.client.VersionInfo;
import java.util.Optional;

/**
 * A release of Kubernetes, such as 1.36: the API server's, which kube-proxy's follows.
 *
 * @see <a href="https://kubernetes.io/releases/version-skew-policy/">Version skew policy</a>
 */
public record Release(int major, int minor) implements Comparable<Release> {
    private static final int MOST_DIGITS = 9;

    /** @return empty if the version is null or has no numbers */
    public static Optional<Release> of(VersionInfo version) {
        if (version == null) {
            return Optional.empty();
        }
        return number(version.getMajor())
                .flatMap(major -> number(version.getMinor()).map(minor -> new Release(major, minor)));
    }

    /** Some distributions write "36+". */
    private static Optional<Integer> number(String text) {
        String digits = text == null ? "" : text.replaceAll("\\D.*", "");
        return digits.isEmpty() || digits.length() > MOST_DIGITS
                ? Optional.empty()
                : Optional.of(Integer.parseInt(digits));
    }

    public boolean isBefore(Release other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Release other) {
        return major == other.major ? Integer.compare(minor, other.minor) : Integer.compare(major, other.major);
    }
}
