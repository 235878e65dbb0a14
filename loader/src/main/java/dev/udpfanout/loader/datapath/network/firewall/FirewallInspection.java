package dev.udpfanout.loader.datapath.network.firewall;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.nftables.LibraryMissingException;
import dev.udpfanout.bindings.nftables.Nftables;
import dev.udpfanout.bindings.nftables.NftablesException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the chains that would drop listeners' datagrams, and changes nothing.
 *
 * @param chains those that would, if there were no rule of ours
 * @param unreadable why they could not be looked at; empty if they were
 */
public record FirewallInspection(List<BlockingChain> chains, String unreadable) {
    /**
     * A chain in which others' rules drop a listener's datagrams.
     *
     * @param chain family, table and name
     * @param traffic which datagrams
     * @param hasRule whether a rule of ours lets them through
     * @param command what adds such a rule, for an operator to type
     */
    public record BlockingChain(String chain, String traffic, boolean hasRule, String command) {}

    /** In the calling thread's network namespace; also for listeners whose operators see to it themselves. */
    public static FirewallInspection of(Opening.Hook hook, Collection<ListenerConfig> listeners) {
        return of(hook, Opening.needed(hook, listeners));
    }

    /**
     * As above, for datagrams to one address and port, whoever takes them.
     *
     * @param interfaceName by which they go out, at the hook forward; by which they come in, at the hook input
     */
    public static FirewallInspection of(Opening.Hook hook, String interfaceName, InetSocketAddress to) {
        return of(
                hook,
                List.of(new Opening(
                        hook,
                        Opening.Direction.TO_LISTENER,
                        interfaceName,
                        Prefix.of(to.getAddress()),
                        to.getPort(),
                        "trace")));
    }

    private static FirewallInspection of(Opening.Hook hook, List<Opening> openings) {
        FirewallInspection ofNftables = ofNftables(hook, openings);
        try {
            List<BlockingChain> all = new ArrayList<>(ofNftables.chains());
            openings.stream().flatMap(opening -> ofLegacy(opening).stream()).forEach(all::add);
            return new FirewallInspection(List.copyOf(all), ofNftables.unreadable());
        } catch (SystemCallException e) {
            return new FirewallInspection(ofNftables.chains(), String.valueOf(e.getMessage()));
        }
    }

    private static Optional<BlockingChain> ofLegacy(Opening opening) {
        return LegacyFirewall.hasRule(opening)
                .map(hasRule -> new BlockingChain(
                        LegacyFirewall.chain(opening), opening.toString(), hasRule, LegacyFirewall.command(opening)));
    }

    private static FirewallInspection ofNftables(Opening.Hook hook, List<Opening> openings) {
        try (Nftables nftables = Nftables.open()) {
            Ruleset ruleset = new Ruleset(nftables);
            List<BlockingChain> found = new ArrayList<>();
            for (BaseChain chain : ruleset.baseChains(hook)) {
                openings.stream()
                        .filter(opening -> chain.id().takes(opening.family()))
                        .flatMap(opening -> inspect(chain, opening, ruleset).stream())
                        .forEach(found::add);
            }
            return new FirewallInspection(List.copyOf(found), "");
        } catch (SystemCallException e) {
            return new FirewallInspection(
                    List.of(), NftablesFirewall.isAbsent(e) ? "" : String.valueOf(e.getMessage()));
        } catch (LibraryMissingException | NftablesException e) {
            return new FirewallInspection(List.of(), String.valueOf(e.getMessage()));
        }
    }

    private static Optional<BlockingChain> inspect(BaseChain chain, Opening opening, Ruleset ruleset) {
        ChainWalk walk = new ChainWalk(ruleset, opening);
        return walk.block(chain)
                .map(block -> new BlockingChain(
                        chain.id().toString(),
                        opening.toString(),
                        ChainRepair.inPlace(ruleset.rules(chain.id()), opening, block, walk)
                                .isPresent(),
                        command(chain.id(), opening, block)));
    }

    private static String command(ChainId chain, Opening opening, ChainWalk.Block block) {
        String place = block.by().isPresent()
                ? "insert rule " + chain + " position " + block.by().getAsLong()
                : "add rule " + chain;
        return "nft '" + place + " " + opening.condition() + " accept'";
    }
}
