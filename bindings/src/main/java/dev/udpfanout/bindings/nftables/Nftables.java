package dev.udpfanout.bindings.nftables;

import static dev.udpfanout.bindings.generated.nftables.Libnftables.NFT_CTX_DEFAULT;
import static dev.udpfanout.bindings.generated.nftables.Libnftables.NFT_CTX_OUTPUT_JSON;
import static dev.udpfanout.bindings.generated.nftables.Libnftables.NFT_CTX_OUTPUT_TERSE;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.nftables.Libnftables;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The ruleset of one network namespace: the one of the thread that opened this. Commands and answers are JSON, as
 * libnftables-json(5) has it; elements of named sets are left out of answers. For one thread at a time.
 */
public final class Nftables implements AutoCloseable {
    private final RulesetGeneration generation;
    private final MemorySegment context;
    private boolean closed;

    private Nftables(RulesetGeneration generation, MemorySegment context) {
        this.generation = generation;
        this.context = context;
    }

    /**
     * Opens the ruleset of the calling thread's network namespace. Needs CAP_NET_ADMIN, also to read.
     *
     * @throws SystemCallException if the kernel has no nf_tables, or does not permit
     * @throws LibraryMissingException if libnftables.so.1 cannot be loaded
     * @throws NftablesException if the library fails
     */
    public static Nftables open() {
        // The kernel is asked first: where it makes no such socket, the library ends the process (nft_mnl_socket_open).
        RulesetGeneration generation = RulesetGeneration.open();
        try {
            generation.read();
            return new Nftables(generation, newContext());
        } catch (RuntimeException e) {
            generation.close();
            throw e;
        }
    }

    private static MemorySegment newContext() {
        try {
            MemorySegment context = Libnftables.nft_ctx_new(NFT_CTX_DEFAULT());
            if (context.equals(MemorySegment.NULL)) {
                throw new NftablesException("nft_ctx_new failed");
            }
            Libnftables.nft_ctx_output_set_flags(context, NFT_CTX_OUTPUT_JSON() | NFT_CTX_OUTPUT_TERSE());
            if (Libnftables.nft_ctx_buffer_output(context) != 0 || Libnftables.nft_ctx_buffer_error(context) != 0) {
                Libnftables.nft_ctx_free(context);
                throw new NftablesException("nft_ctx_buffer_output failed");
            }
            return context;
        } catch (LinkageError e) {
            throw new LibraryMissingException(e);
        }
    }

    /**
     * A number that is another one after each change of the ruleset, whoever made it. Costs one message.
     *
     * @throws SystemCallException if the kernel refuses, or does not answer
     */
    public int generation() {
        return generation.read();
    }

    /**
     * Runs commands: all of them or, if one fails, none.
     *
     * @param commands an object with the array {@code nftables}
     * @return what they print; empty if nothing
     * @throws NftablesException if the library or the kernel refuses
     */
    public String run(String commands) {
        if (closed) {
            throw new IllegalStateException("this Nftables is closed");
        }
        try (Arena arena = Arena.ofConfined()) {
            int result = Libnftables.nft_run_cmd_from_buffer(context, arena.allocateFrom(commands));
            String output = text(Libnftables.nft_ctx_get_output_buffer(context));
            String error = text(Libnftables.nft_ctx_get_error_buffer(context));
            if (result != 0) {
                throw new NftablesException(reason(error));
            }
            return output;
        }
    }

    private static String text(MemorySegment pointer) {
        return pointer.equals(MemorySegment.NULL) ? "" : pointer.getString(0);
    }

    /** The first line: {@code internal:0:0-0: Error: Could not process rule: Operation not permitted}. */
    private static String reason(String error) {
        String line = error.lines().filter(each -> !each.isBlank()).findFirst().orElse("no reason given");
        int prefix = line.indexOf("Error: ");
        return prefix < 0 ? line : line.substring(prefix + "Error: ".length());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libnftables.nft_ctx_free(context);
            generation.close();
        }
    }
}
