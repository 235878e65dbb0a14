package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.HookProgram;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Link.Xdp;
import dev.udpfanout.bindings.rtnetlink.link.Link.XdpMode;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What XDP programs do with senders' datagrams, on the interfaces by which these come in and on those beneath. They run
 * before everything else that doctor looks at, and test datagrams come in behind one that runs in the driver. So each
 * is given a datagram that nobody has sent: BPF_PROG_TEST_RUN of bpf(2). Verdicts: XDP_ of linux/bpf.h.
 */
public final class XdpCheck {
    private static final String CHECK = "xdp";
    private static final int XDP_ABORTED = 0;
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;
    private static final int XDP_TX = 3;
    private static final int XDP_REDIRECT = 4;

    private final Trial trial;

    /** Runs an XDP program on a frame; empty if that is not possible. */
    @FunctionalInterface
    public interface Trial {
        Optional<TestRun> run(HookProgram program, byte[] frame, int ifindex);
    }

    /** By the kernel. */
    public XdpCheck() {
        this(HookProgram::xdpRunOn);
    }

    XdpCheck(Trial trial) {
        this.trial = trial;
    }

    /**
     * Nothing where there is none.
     *
     * @param ofWay interfaces by which the listener's datagrams come in
     * @param all the node's
     * @param to where its senders send to
     */
    public List<Diagnosis> of(Collection<Link> ofWay, List<Link> all, InetSocketAddress to) {
        List<Diagnosis> found = new ArrayList<>();
        for (Beneath.Place place : Beneath.of(ofWay, all)) {
            for (Xdp xdp : place.link().xdp()) {
                found.add(judge(place, xdp, to));
            }
        }
        return found;
    }

    /** A card may take the VLAN's tag away before the program sees the frame, or may not. */
    private Diagnosis judge(Beneath.Place place, Xdp xdp, InetSocketAddress to) {
        Link link = place.link();
        HookProgram program = HookProgram.ofId(xdp.programId());
        String what = "the XDP program " + program + " " + words(xdp.mode()) + " of " + link.name();
        if (xdp.mode() == XdpMode.HARDWARE || xdp.programId() == 0) {
            return notTried(what, xdp.mode() == XdpMode.HARDWARE ? "it runs in the card" : "the kernel names none");
        }
        List<Diagnosis> ofFrames = XdpFrames.to(to, link, place.vlan()).stream()
                .map(frame -> trial.run(program, frame, link.index())
                        .map(run -> judge(what, removal(link, xdp), run, frame, SocketAddressText.write(to)))
                        .orElseGet(() -> notTried(what, "that takes CAP_SYS_ADMIN, or the kernel refuses it")))
                .toList();
        return ofFrames.stream()
                        .allMatch(each -> each.result() == ofFrames.getFirst().result())
                ? ofFrames.getFirst()
                : tagged(ofFrames);
    }

    /** The one that is worse, of a frame with the VLAN's tag and one without. */
    private static Diagnosis tagged(List<Diagnosis> ofFrames) {
        Diagnosis worst = ofFrames.stream()
                .max((one, other) -> one.result().compareTo(other.result()))
                .orElseThrow();
        return Diagnosis.warning(
                CHECK,
                worst.finding() + (worst == ofFrames.getLast() ? ", if they have" : ", unless they have")
                        + " the VLAN's tag when it sees them",
                "a card takes the tag away before that if ethtool -k shows rx-vlan-offload: on",
                worst.mend());
    }

    private static Diagnosis judge(String what, String removal, TestRun run, byte[] frame, String to) {
        String ask = "ask whose it is; " + removal + " takes it away";
        return switch (run.verdict()) {
            case XDP_PASS ->
                Arrays.equals(run.frame(), frame)
                        ? Diagnosis.ok(CHECK, what + " lets datagrams to " + to + " pass")
                        : Diagnosis.warning(
                                CHECK,
                                what + " changes datagrams to " + to,
                                "the listener may not take them for its own any more",
                                ask + "; udp-fanout trace --to " + to
                                        + " --live 1/1 shows whether senders' datagrams arrive");
            case XDP_DROP -> problem(what + " drops datagrams to " + to + " (XDP_DROP)", ask);
            case XDP_ABORTED -> problem(what + " fails on datagrams to " + to + ", and drops them (XDP_ABORTED)", ask);
            case XDP_TX -> problem(what + " sends datagrams to " + to + " back to the network (XDP_TX)", ask);
            case XDP_REDIRECT ->
                Diagnosis.warning(
                        CHECK,
                        what + " redirects datagrams to " + to + " (XDP_REDIRECT)",
                        "those that it gives to another CPU get to udp-fanout; those that it gives to a socket or"
                                + " another interface do not",
                        "udp-fanout trace --to " + to + " --live 1/1 shows whether senders' datagrams arrive; " + ask);
            default -> problem(what + " gives an unknown answer, " + run.verdict() + ", for datagrams to " + to, ask);
        };
    }

    private static Diagnosis problem(String finding, String mend) {
        return Diagnosis.problem(CHECK, finding, "they get neither to the node's stack nor to udp-fanout", mend);
    }

    private static Diagnosis notTried(String what, String why) {
        return Diagnosis.notChecked(
                CHECK,
                what + " sees senders' datagrams first, and cannot be tried out here: " + why,
                "run doctor as root on the node; udp-fanout trace --to VIP:PORT --live 1/1 shows whether senders'"
                        + " datagrams pass it");
    }

    private static String words(XdpMode mode) {
        return switch (mode) {
            case DRIVER -> "in the driver";
            case GENERIC -> "in the stack";
            case HARDWARE -> "in the card";
        };
    }

    private static String removal(Link link, Xdp xdp) {
        String mode = xdp.mode() == XdpMode.GENERIC ? "xdpgeneric" : "xdpdrv";
        return "bpftool prog show id " + xdp.programId() + "; bpftool net detach " + mode + " dev " + link.name();
    }
}
