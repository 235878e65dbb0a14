package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.ClsactFilter;
import dev.udpfanout.bindings.libbpf.HookPoint;

/**
 * A program as a filter of the clsact qdisc. The qdisc is made if there is none, and left alone afterwards: others may have
 * put filters there since.
 */
final class ClsactAttachment implements Attachment {
    /** Early, so that a filter that ends the chain with TC_ACT_OK comes after us; beside Cilium's, which are at 1. */
    private static final int PRIORITY = 1;

    private final ClsactFilter filter;

    private ClsactAttachment(ClsactFilter filter) {
        this.filter = filter;
    }

    static ClsactAttachment attach(BpfProgram program, int ifindex, String interfaceName, HookPoint hook) {
        ClsactFilter.createQdisc(ifindex, interfaceName);
        return new ClsactAttachment(ClsactFilter.attach(program, ifindex, interfaceName, hook, PRIORITY));
    }

    @Override
    public boolean isAttached() {
        return filter.isAttached();
    }

    @Override
    public String method() {
        return "clsact";
    }

    @Override
    public void close() {
        filter.detach();
    }
}
