package dev.udpfanout.loader.admin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A whole response; the connection is closed after it.
 *
 * @param status for example 200
 * @param contentType of the body
 * @param body whole
 */
record HttpResponse(int status, String contentType, byte[] body) {
    private static final Map<Integer, String> PHRASES = Map.of(
            200, "OK",
            400, "Bad Request",
            404, "Not Found",
            405, "Method Not Allowed",
            408, "Request Timeout",
            431, "Request Header Fields Too Large",
            500, "Internal Server Error",
            503, "Service Unavailable");

    /** Bytes that go over the wire. */
    int size() {
        return body.length;
    }

    static HttpResponse text(int status, String text) {
        return new HttpResponse(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes for the wire, to be read once. */
    ByteBuffer encoded(boolean withBody) {
        String head = "HTTP/1.1 " + status + " " + PHRASES.getOrDefault(status, "Unknown")
                + "\r\nContent-Type: " + contentType
                + "\r\nContent-Length: " + body.length
                + "\r\nCache-Control: no-store\r\nConnection: close\r\n"
                + (status == 405 ? "Allow: GET, HEAD\r\n" : "")
                + "\r\n";
        byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer encoded = ByteBuffer.allocate(headBytes.length + (withBody ? body.length : 0));
        encoded.put(headBytes);
        if (withBody) {
            encoded.put(body);
        }
        return encoded.flip();
    }
}
