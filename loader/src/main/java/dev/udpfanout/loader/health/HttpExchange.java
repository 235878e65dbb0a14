package dev.udpfanout.loader.health;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GET, and a look at the status: 200 to 399 is well. The rest of the answer is not read. (The JDK's HttpClient would
 * bring a thread pool and read whole answers, from thousands of endpoints.)
 */
final class HttpExchange implements StreamExchange {
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: [^\\r\\n]*)?\\r?\\n.*", Pattern.DOTALL);
    private static final int MAX_STATUS_LINE_BYTES = 512;
    private static final int FIRST_GOOD_STATUS = 200;
    private static final int FIRST_BAD_STATUS = 400;

    private final ByteBuffer request;
    private final ByteBuffer response = ByteBuffer.allocate(MAX_STATUS_LINE_BYTES);

    HttpExchange(InetSocketAddress target, String path) {
        String text = "GET " + path + " HTTP/1.1\r\nHost: " + host(target)
                + "\r\nUser-Agent: udp-fanout-health\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        request = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String host(InetSocketAddress target) {
        String address = target.getAddress().getHostAddress();
        return (target.getAddress() instanceof Inet6Address ? "[" + address + "]" : address) + ":" + target.getPort();
    }

    @Override
    public Optional<ProbeOutcome> proceed(SocketChannel channel, SelectionKey key) throws IOException {
        channel.write(request);
        if (request.hasRemaining()) {
            key.interestOps(SelectionKey.OP_WRITE);
            return Optional.empty();
        }
        key.interestOps(SelectionKey.OP_READ);
        boolean isEnd = channel.read(response) < 0;
        String received = new String(response.array(), 0, response.position(), StandardCharsets.ISO_8859_1);
        if (received.indexOf('\n') >= 0) {
            return Optional.of(outcome(received));
        }
        return isEnd || !response.hasRemaining() ? Optional.of(ProbeOutcome.REFUSED) : Optional.empty();
    }

    private static ProbeOutcome outcome(String received) {
        Matcher matcher = STATUS_LINE.matcher(received);
        if (!matcher.matches()) {
            return ProbeOutcome.REFUSED;
        }
        int status = Integer.parseInt(matcher.group(1));
        return status >= FIRST_GOOD_STATUS && status < FIRST_BAD_STATUS ? ProbeOutcome.SUCCESS : ProbeOutcome.REFUSED;
    }
}
