package dev.udpfanout.loader.admin;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What we use of a request's head: RFC 9112.
 *
 * @param method as sent
 * @param path without scheme, host and query
 * @param query what follows the path behind a question mark; empty if nothing does
 * @param accept the Accept header; empty if there is none
 */
record RequestHead(String method, String path, String query, String accept) {
    private static final String ACCEPT = "accept:";
    private static final int REQUEST_LINE_PARTS = 3;

    /** @return empty if it is no HTTP/1 request */
    static Optional<RequestHead> parse(String head) {
        List<String> lines = head.lines().toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = lines.getFirst().split(" ", -1);
        if (parts.length != REQUEST_LINE_PARTS || !parts[2].matches("HTTP/1\\.[01]") || !parts[0].matches("[A-Z]+")) {
            return Optional.empty();
        }
        String accept = lines.stream()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(ACCEPT))
                .map(line -> line.substring(ACCEPT.length()).strip())
                .findFirst()
                .orElse("");
        return Optional.of(new RequestHead(parts[0], path(parts[1]), query(parts[1]), accept));
    }

    private static String query(String target) {
        String[] parts = target.split("#", 2)[0].split("\\?", 2);
        return parts.length == 2 ? parts[1] : "";
    }

    private static String path(String target) {
        String withoutQuery = target.split("[?#]", 2)[0];
        return withoutQuery.startsWith("/") ? withoutQuery : withoutQuery.replaceFirst("(?i)^http://[^/]*", "");
    }
}
