package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;

/** A program on a TCX hook: first in the chain, and nobody else's to remove. */
final class TcxAttachment implements Attachment {
    private final TcxLink link;

    private TcxAttachment(TcxLink link) {
        this.link = link;
    }

    static TcxAttachment attach(BpfProgram program, int ifindex, String interfaceName, HookPoint hook) {
        return new TcxAttachment(TcxLink.attachFirst(program, ifindex, interfaceName, hook));
    }

    @Override
    public boolean isAttached() {
        return link.isAttached();
    }

    @Override
    public String method() {
        return "tcx";
    }

    @Override
    public void close() {
        link.close();
    }
}
