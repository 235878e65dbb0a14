package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * @param commands in the order in which they are to be run, as one transaction; none if all is well
 * @param added openings whose rule was not there
 * @param removed how many rules of ours are to be taken away
 */
record ChainRepair(List<ObjectNode> commands, List<Opening> added, int removed) {
    static ChainRepair of(BaseChain chain, List<Opening> openings, Ruleset ruleset) {
        List<Rule> rules = ruleset.rules(chain.id());
        List<ObjectNode> deletions = new ArrayList<>();
        List<ObjectNode> additions = new ArrayList<>();
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
                additions.add(RuleCommands.add(chain.id(), opening, block.get().by()));
                if (rules.stream().noneMatch(rule -> rule.comment().equals(opening.comment()))) {
                    added.add(opening);
                }
            }
        }
        rules.stream()
                .filter(rule -> rule.isOurs() && !kept.contains(rule.handle()))
                .forEach(rule -> deletions.add(RuleCommands.delete(chain.id(), rule.handle())));
        int removed = deletions.size();
        deletions.addAll(additions);
        return new ChainRepair(List.copyOf(deletions), List.copyOf(added), removed);
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
