package dev.udpfanout.loader.config.yaml;

/** Why a text is not what a key asks for, in words for the operator. */
public final class BadTextException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong with the text and what would be right; {@link Section} adds line and path */
    public BadTextException(String message) {
        super(message);
    }
}
