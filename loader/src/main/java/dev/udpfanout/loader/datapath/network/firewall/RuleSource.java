package dev.udpfanout.loader.datapath.network.firewall;

import java.util.List;

/** Where the rules of chains come from. */
interface RuleSource {
    /** In order; of a chain that is not there, none or an error. */
    List<Rule> rules(ChainId chain);
}
