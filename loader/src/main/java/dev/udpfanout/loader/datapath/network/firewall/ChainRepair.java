package dev.udpfanout.loader.datapath.network.firewall;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The difference between the rules of ours that a base chain should have and those that it has. Each stands just before
 * what drops the opening's packets, behind all that was there before it.
 *
 * @param deletions handles of the rules of ours that are to be taken away
 * @param additions in the order in which the rules are to stand
 * @param added openings whose rule was not there
 */
record ChainRepair(List<Long> deletions, List<Addition> additions, List<Opening> added) {
    /** @param before the rule that the opening's rule is put before; empty for the end of the chain */
    record Addition(Opening opening, OptionalLong before) {}

    static ChainRepair of(BaseChain chain, List<Opening> openings, RuleSource ruleset) {
        List<Rule> rules = ruleset.rules(chain.id());
        List<Addition> additions = new ArrayList<>();
        List<Opening> added = new ArrayList<>();
        Set<Long> kept = new HashSet<>();
        for (Opening opening : openings) {
            ChainWalk walk = new ChainWalk(ruleset, opening);
            Optional<ChainWalk.Block> block = chain.id().takes(opening.family()) ? walk.block(chain) : Optional.empty();
            if (block.isEmpty()) {
                continue;
            }
            OptionalLong inPlace = inPlace(rules, opening, block.get(), walk);
            inPlace.ifPresent(kept::add);
            if (inPlace.isEmpty()) {
                additions.add(new Addition(opening, block.get().by()));
                if (rules.stream().noneMatch(rule -> rule.comment().equals(opening.comment()))) {
                    added.add(opening);
                }
            }
        }
        List<Long> deletions = rules.stream()
                .filter(rule -> rule.isOurs() && !kept.contains(rule.handle()))
                .map(Rule::handle)
                .toList();
        return new ChainRepair(deletions, List.copyOf(additions), List.copyOf(added));
    }

    /** Whether all is well. */
    boolean isEmpty() {
        return deletions.isEmpty() && additions.isEmpty();
    }

    /** The opening's rule, if it stands before what drops, with nothing in between that somebody wants to drop. */
    static OptionalLong inPlace(List<Rule> rules, Opening opening, ChainWalk.Block block, ChainWalk walk) {
        OptionalLong found = OptionalLong.empty();
        for (Rule rule : rules) {
            if (block.by().isPresent() && rule.handle() == block.by().getAsLong()) {
                return found;
            }
            if (rule.comment().equals(opening.comment())) {
                found = found.isPresent() ? found : OptionalLong.of(rule.handle());
            } else if (walk.mayDrop(rule)) {
                found = OptionalLong.empty();
            }
        }
        return found;
    }
}
