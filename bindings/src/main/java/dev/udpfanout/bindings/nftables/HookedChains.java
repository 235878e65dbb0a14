package dev.udpfanout.bindings.nftables;

import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFNL_SUBSYS_NFTABLES;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_CHAIN_HOOK;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_CHAIN_NAME;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_CHAIN_POLICY;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_CHAIN_TABLE;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_CHAIN_USE;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_HOOK_DEV;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_HOOK_DEVS;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFTA_HOOK_HOOKNUM;
import static dev.udpfanout.bindings.generated.netfilter.Netfilter.NFT_MSG_NEWCHAIN;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.netfilter.nfgenmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The hooked chains of one family of nf_tables, without their rules: NFT_MSG_GETCHAIN of net/netfilter/nf_tables_api.c.
 * However long the rules are, that costs a message for each chain. ebtables-nft's chains are among the bridges'.
 */
public final class HookedChains {
    /** linux/netfilter.h. */
    private static final int NFPROTO_NETDEV = 5;

    private static final int NFPROTO_BRIDGE = 7;
    private static final int NF_ACCEPT = 1;

    private final RtnetlinkSocket socket;

    /** @param socket {@link RtnetlinkSocket#openNetfilter} */
    public HookedChains(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /** What sees the frames of bridges: the tables of the family "bridge"; none on a kernel without nf_tables. */
    public List<HookedChain> ofBridges() {
        return of(NFPROTO_BRIDGE);
    }

    /** What sees the packets of single interfaces: the tables of the family "netdev"; none as above. */
    public List<HookedChain> ofDevices() {
        return of(NFPROTO_NETDEV);
    }

    private List<HookedChain> of(int family) {
        try {
            return socket.dump(
                    new Request(
                            RequestType.NFT_MSG_GETCHAIN,
                            () -> "the chains of family " + family,
                            message -> nfgenmsg.nfgen_family(message.struct(nfgenmsg.layout()), (byte) family)),
                    HookedChains::decode);
        } catch (SystemCallException e) {
            // EINVAL: no nf_tables; ENOENT, EOPNOTSUPP: not of this family.
            if (Set.of("EINVAL", "ENOENT", "EOPNOTSUPP", "EAFNOSUPPORT")
                    .contains(e.errno().symbol())) {
                return List.of();
            }
            throw e;
        }
    }

    private static Optional<HookedChain> decode(Message message) {
        if (message.type() != (NFNL_SUBSYS_NFTABLES() << Byte.SIZE | NFT_MSG_NEWCHAIN())) {
            return Optional.empty();
        }
        Attributes chain = message.attributes(nfgenmsg.layout());
        Attributes hook = chain.nested(NFTA_CHAIN_HOOK());
        if (hook.number(NFTA_HOOK_HOOKNUM()).isEmpty()) {
            return Optional.empty();
        }
        // Numbers of nf_tables are in network byte order.
        boolean accepts = chain.number(NFTA_CHAIN_POLICY()).stream()
                .map(Integer::reverseBytes)
                .allMatch(policy -> policy == NF_ACCEPT);
        boolean isEmpty = chain.number(NFTA_CHAIN_USE()).stream()
                .map(Integer::reverseBytes)
                .allMatch(uses -> uses == 0);
        return Optional.of(new HookedChain(
                chain.string(NFTA_CHAIN_TABLE()).orElse(""),
                chain.string(NFTA_CHAIN_NAME()).orElse(""),
                Integer.reverseBytes(hook.number(NFTA_HOOK_HOOKNUM()).getAsInt()),
                devices(hook),
                accepts && isEmpty));
    }

    private static List<String> devices(Attributes hook) {
        return Stream.concat(hook.string(NFTA_HOOK_DEV()).stream(), hook.strings(NFTA_HOOK_DEVS()).stream())
                .distinct()
                .toList();
    }
}
