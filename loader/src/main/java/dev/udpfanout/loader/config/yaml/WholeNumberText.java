package dev.udpfanout.loader.config.yaml;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Whole numbers are written in one way, in decimal digits: what YAML 1.1 takes for a number beside that, YAML 1.2 takes
 * for another number or for a text.
 */
final class WholeNumberText {
    private static final int HEXADECIMAL = 16;
    private static final int OCTAL = 8;

    private WholeNumberText() {}

    /** Why a scalar is no whole number as it is to be written, and how to write it; empty if it is one. */
    static Optional<String> complaint(YamlNode.Scalar scalar) {
        String text = scalar.text();
        return switch (scalar.type()) {
            case STRING ->
                text.matches("[-+]?\\d+")
                        ? Optional.of("\"" + text + "\" is a text, because of its quotes; write " + text)
                        : Optional.of("expected a whole number, found " + scalar.kind());
            case INTEGER -> text.matches("[-+]?(0|[1-9]\\d*)") ? Optional.empty() : Optional.of(otherNotation(text));
            case DECIMAL, BOOLEAN -> Optional.of("expected a whole number, found " + scalar.kind());
        };
    }

    private static String otherNotation(String text) {
        String plain = text.replace("_", "");
        if (plain.matches("[-+]?0x[0-9a-fA-F]+")) {
            return text + " is hexadecimal; write " + new BigInteger(plain.replaceFirst("0x", ""), HEXADECIMAL);
        }
        if (plain.matches("[-+]?0b[01]+")) {
            return text + " is binary; write " + new BigInteger(plain.replaceFirst("0b", ""), 2);
        }
        if (plain.matches("[-+]?0[0-7]+")) {
            return text + " begins with 0, which means octal in YAML 1.1; write " + new BigInteger(plain) + ", or "
                    + new BigInteger(plain, OCTAL) + " if that is meant";
        }
        if (plain.matches("[-+]?\\d+")) {
            return text + (text.equals(plain) ? " begins with 0" : " has underscores") + "; write "
                    + new BigInteger(plain);
        }
        return "expected a whole number in decimal digits, found " + text;
    }
}
