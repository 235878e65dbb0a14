package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.reader.PrefixText;
import dev.udpfanout.loader.config.yaml.BadTextException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@code spec.loadBalancerSourceRanges}. */
final class SourceRanges {
    private SourceRanges() {}

    /**
     * Reads them; empty if every source of both families is allowed.
     *
     * @throws RefusedServiceException if one is no prefix
     */
    static List<Prefix> read(List<String> texts) throws RefusedServiceException {
        Set<Prefix> prefixes = new LinkedHashSet<>();
        for (String text : texts) {
            try {
                prefixes.add(PrefixText.covering(text.strip()));
            } catch (BadTextException e) {
                throw new RefusedServiceException("loadBalancerSourceRanges: " + e.getMessage());
            }
        }
        return new ArrayList<>(prefixes);
    }
}
