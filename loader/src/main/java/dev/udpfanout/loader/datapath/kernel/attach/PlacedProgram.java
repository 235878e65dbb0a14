package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;

/**
 * One of our programs on a hook.
 *
 * @param program its name
 * @param asked how it was to be attached
 * @param attachment how it is
 */
record PlacedProgram(String program, AttachMethod asked, Attachment attachment) {
    /**
     * Whether nothing has to be done to have a program attached by a method. A clsact filter is AUTO's own choice only
     * where AUTO has made it: otherwise it may be there although the kernel has TCX.
     */
    boolean is(String name, AttachMethod method) {
        AttachMethod first = method == AttachMethod.AUTO ? AttachMethod.TCX : method;
        return program.equals(name) && (asked == method || attachment.method().equalsIgnoreCase(first.name()));
    }

    /**
     * Leaves the hook to a program that is on it already.
     *
     * @return whether this one was taken off; false if the other has taken its place
     */
    boolean giveWayTo(PlacedProgram successor) {
        if (successor.attachment().isAdopted()) {
            attachment.release();
            return false;
        }
        attachment.close();
        return true;
    }
}
