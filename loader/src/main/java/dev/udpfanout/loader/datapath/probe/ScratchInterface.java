package dev.udpfanout.loader.datapath.probe;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.namespace.NetworkNamespace;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.datapath.network.Network;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;

/**
 * A place to try attaching where nobody's traffic is and nobody looks: an interface in a network namespace that a
 * thread makes for itself, and that goes with it. Without CAP_SYS_ADMIN for that, there is none: an interface in the
 * node's own namespace, or a program on {@code lo}, would be seen by other agents, and that is not worth an answer.
 */
final class ScratchInterface {
    private ScratchInterface() {}

    /**
     * Runs code in a new namespace, with {@code lo} as the interface.
     *
     * @throws SystemCallException if there can be no such namespace
     */
    static <T> Map<String, T> with(BiFunction<Network, Link, Map<String, T>> code) {
        CompletableFuture<Map<String, T>> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().name("probe").start(() -> {
            try {
                NetworkNamespace.enterNew();
                try (Network network = Network.open()) {
                    result.complete(
                            code.apply(network, network.links().byName("lo").orElseThrow()));
                }
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        try {
            thread.join();
            return result.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while probing", e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw e;
        }
    }
}
