package dev.udpfanout.loader.kubernetes.api;

import java.util.concurrent.CompletionException;

/** Why something failed, in one line for the log. */
public final class Reason {
    private Reason() {}

    /** What happened, and what is at the bottom of it where that does not say. */
    public static String of(Throwable failure) {
        Throwable top = failure;
        while (top instanceof CompletionException && top.getCause() != null) {
            top = top.getCause();
        }
        Throwable bottom = top;
        while (bottom.getCause() != null) {
            bottom = bottom.getCause();
        }
        String what = text(top);
        String why = text(bottom);
        return what.contains(why) ? what : what + ": " + why;
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
