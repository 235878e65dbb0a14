package dev.udpfanout.loader.config.reader;

import java.util.regex.Pattern;

/** What names Kubernetes allows (RFC 1123 labels), in words for the operator. */
final class KubernetesNames {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private KubernetesNames() {}

    static boolean isLabel(String text) {
        return LABEL.matcher(text).matches();
    }

    static String notALabel(String text) {
        return "\"" + text + "\" is not a name that Kubernetes allows: "
                + "1 to 63 lower-case letters, digits and -, with - neither first nor last";
    }
}
