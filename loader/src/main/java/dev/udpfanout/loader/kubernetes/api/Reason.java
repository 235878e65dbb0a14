package dev.udpfanout.loader.kubernetes.api;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a request to the API server failed, as a sentence for the log and for {@code status}. The client library says
 * what was asked and hides why it failed among the causes; the JDK's HTTP client says neither, with exceptions that
 * have no message.
 */
public final class Reason {
    /** OperationSupport.handleCreate and its siblings of the client library, when the connection fails. */
    private static final Pattern OPERATION = Pattern.compile(
            "Operation: \\[(.*?)] +for kind: \\[(.*?)] +with name: \\[(.*?)] +in namespace: \\[(.*?)] +failed\\.?");

    /** KubernetesClientException.launderThrowable, which has nothing to say. */
    private static final String NOTHING_SAID = "An error has occurred.";

    private static final String NO_CONNECTION =
            "failed to connect to the API server: its address refuses connections, or no route leads to it";

    private Reason() {}

    /** What failed, and the cause at the bottom of it. */
    public static String of(Throwable failure) {
        Throwable top = failure;
        while (isWrapper(top) && top.getCause() != null) {
            top = top.getCause();
        }
        String why = cause(top);
        String what = text(top);
        return what.isEmpty() || what.equals(why) || why.contains(what)
                ? why
                : what.contains(why) ? what : what + ": " + why;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure instanceof CompletionException
                || failure instanceof ExecutionException
                || NOTHING_SAID.equals(failure.getMessage());
    }

    /** Of the causes the lowest that says something. */
    private static String cause(Throwable top) {
        String why = "";
        boolean isConnecting = false;
        for (Throwable each = top; each != null; each = each.getCause()) {
            isConnecting |= each instanceof ConnectException;
            String said = each instanceof ClosedChannelException && isConnecting ? NO_CONNECTION : text(each);
            why = said.isEmpty() ? why : said;
        }
        return why.isEmpty() ? top.getClass().getSimpleName() : why;
    }

    /** What an exception says by its message, or by its type where that is a message by itself; may be empty. */
    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return switch (failure) {
            case UnresolvedAddressException e -> "the name of the API server's host cannot be resolved";
            case UnknownHostException e -> "the name of the API server's host cannot be resolved: " + message;
            case EOFException e -> "the API server closed the connection before it answered";
            case ClosedChannelException e -> "the connection to the API server was closed";
            case TimeoutException e when isBlank(message) -> "the API server did not answer in time";
            case ConnectException e when isBlank(message) -> NO_CONNECTION;
            default -> isBlank(message) || isNamedAfterCause(failure) ? "" : sentence(message);
        };
    }

    private static boolean isBlank(String message) {
        return message == null || message.isBlank();
    }

    /** An exception without a message of its own has its cause as its message (Throwable(Throwable)). */
    private static boolean isNamedAfterCause(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause != null && failure.getMessage().startsWith(cause.getClass().getName());
    }

    private static String sentence(String message) {
        Matcher operation = OPERATION.matcher(message);
        return operation.replaceAll(found -> Matcher.quoteReplacement(
                "failed to %s %s %s/%s".formatted(found.group(1), found.group(2), found.group(4), found.group(3))));
    }
}
