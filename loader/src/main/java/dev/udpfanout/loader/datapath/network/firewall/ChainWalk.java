package dev.udpfanout.loader.datapath.network.firewall;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Goes through a base chain as an opening's packets do, without the rules that are ours. What is surely dropped is
 * blocked. What a rule drops for some of the packets only, by their source for example, is what somebody wanted to
 * drop: that rule keeps its place before ours.
 */
final class ChainWalk {
    /** NFT_JUMP_STACK_SIZE of net/netfilter/nf_tables.h. */
    private static final int MAX_DEPTH = 16;

    private final RuleSource source;
    private final Opening opening;

    private enum Fate {
        ACCEPTED,
        DROPPED,
        /** It goes on behind the rule that called the chain. */
        RETURNED
    }

    /**
     * Where a chain drops all of an opening's packets.
     *
     * @param by the rule, directly or in a chain that it leads to; empty if it is the policy
     */
    record Block(OptionalLong by) {}

    ChainWalk(RuleSource source, Opening opening) {
        this.source = source;
        this.opening = opening;
    }

    /** Where the chain drops the packets; empty if it lets them pass, or some of them. */
    Optional<Block> block(BaseChain chain) {
        for (Rule rule : source.rules(chain.id())) {
            Judgement judgement = Judgement.of(rule, opening);
            if (rule.isOurs() || judgement.holds() != Truth.YES) {
                continue;
            }
            Optional<Fate> fate = fate(judgement, chain.id(), 1);
            if (fate.isEmpty()) {
                continue;
            }
            return switch (fate.get()) {
                case ACCEPTED -> Optional.empty();
                case DROPPED -> Optional.of(new Block(OptionalLong.of(rule.handle())));
                // Out of a base chain, it is the policy's turn.
                case RETURNED ->
                    chain.dropsByPolicy() ? Optional.of(new Block(OptionalLong.of(rule.handle()))) : Optional.empty();
            };
        }
        return chain.dropsByPolicy() ? Optional.of(new Block(OptionalLong.empty())) : Optional.empty();
    }

    /** Empty if the next rule decides. */
    private Optional<Fate> fate(Judgement judgement, ChainId chain, int depth) {
        return switch (judgement.verdict()) {
            case NONE -> Optional.empty();
            // Somebody else's program decides.
            case ACCEPT, UNKNOWN -> Optional.of(Fate.ACCEPTED);
            case DROP -> Optional.of(Fate.DROPPED);
            case RETURN -> Optional.of(Fate.RETURNED);
            case JUMP ->
                Optional.of(through(chain.sibling(judgement.target()), depth)).filter(fate -> fate != Fate.RETURNED);
            case GOTO -> Optional.of(through(chain.sibling(judgement.target()), depth));
        };
    }

    private Fate through(ChainId chain, int depth) {
        List<Rule> rules = depth < MAX_DEPTH ? source.rules(chain) : List.of();
        for (Rule rule : rules) {
            Judgement judgement = Judgement.of(rule, opening);
            if (judgement.holds() == Truth.YES) {
                Optional<Fate> fate = fate(judgement, chain, depth + 1);
                if (fate.isPresent()) {
                    return fate.get();
                }
            }
        }
        return Fate.RETURNED;
    }

    /** Whether the rule does not decide alone, but may keep some of the packets from getting further. */
    boolean mayDrop(Rule rule) {
        return !rule.isOurs() && Judgement.of(rule, opening).mayDrop();
    }
}
