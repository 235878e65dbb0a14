package dev.udpfanout.bindings.rtnetlink;

import dev.udpfanout.bindings.generated.netfilter.Netfilter;
import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;

/** The requests of rtnetlink, ctnetlink and nf_tables, by the names that rtnetlink(7) and linux/netfilter give them. */
public enum RequestType {
    NLMSG_NOOP(Rtnetlink.NLMSG_NOOP()),
    RTM_NEWLINK(Rtnetlink.RTM_NEWLINK()),
    RTM_SETLINK(Rtnetlink.RTM_SETLINK()),
    RTM_DELLINK(Rtnetlink.RTM_DELLINK()),
    RTM_GETLINK(Rtnetlink.RTM_GETLINK()),
    RTM_NEWADDR(Rtnetlink.RTM_NEWADDR()),
    RTM_DELADDR(Rtnetlink.RTM_DELADDR()),
    RTM_GETADDR(Rtnetlink.RTM_GETADDR()),
    RTM_NEWROUTE(Rtnetlink.RTM_NEWROUTE()),
    RTM_DELROUTE(Rtnetlink.RTM_DELROUTE()),
    RTM_GETROUTE(Rtnetlink.RTM_GETROUTE()),
    RTM_NEWNEIGH(Rtnetlink.RTM_NEWNEIGH()),
    RTM_GETNEIGH(Rtnetlink.RTM_GETNEIGH()),
    /** linux/rtnetlink.h. */
    RTM_GETRULE(34),
    RTM_NEWQDISC(Rtnetlink.RTM_NEWQDISC()),
    RTM_DELQDISC(Rtnetlink.RTM_DELQDISC()),
    RTM_GETQDISC(Rtnetlink.RTM_GETQDISC()),
    RTM_DELTFILTER(Rtnetlink.RTM_DELTFILTER()),
    RTM_GETTFILTER(Rtnetlink.RTM_GETTFILTER()),
    /** linux/xfrm.h. */
    XFRM_MSG_GETPOLICY(0x15),
    NFT_MSG_GETCHAIN(netfilter(Netfilter.NFNL_SUBSYS_NFTABLES(), Netfilter.NFT_MSG_GETCHAIN())),
    IPCTNL_MSG_CT_GET(netfilter(Rtnetlink.NFNL_SUBSYS_CTNETLINK(), Rtnetlink.IPCTNL_MSG_CT_GET())),
    IPCTNL_MSG_CT_DELETE(netfilter(Rtnetlink.NFNL_SUBSYS_CTNETLINK(), Rtnetlink.IPCTNL_MSG_CT_DELETE()));

    private final int number;

    RequestType(int number) {
        this.number = number;
    }

    /** Subsystem and message: linux/netfilter/nfnetlink.h. */
    private static int netfilter(int subsystem, int message) {
        return subsystem << Byte.SIZE | message;
    }

    /** The value of nlmsg_type. */
    public int number() {
        return number;
    }
}
