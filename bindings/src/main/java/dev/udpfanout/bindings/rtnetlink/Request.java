package dev.udpfanout.bindings.rtnetlink;

import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One request to the kernel, before it has bytes.
 *
 * @param type what is asked for
 * @param flags the NLM_F_ flags, but for NLM_F_REQUEST, NLM_F_ACK and NLM_F_DUMP, which the socket adds
 * @param about what the request is about, in words; asked for only once the request has failed
 * @param body writes the family's struct and the attributes
 */
public record Request(RequestType type, int flags, Supplier<String> about, Consumer<MessageBuilder> body) {
    public Request(RequestType type, Supplier<String> about, Consumer<MessageBuilder> body) {
        this(type, 0, about, body);
    }
}
