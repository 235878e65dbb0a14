package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A program on a TCX hook: first in the chain, nobody else's to remove, and kept by a pin when the process ends. */
final class TcxAttachment implements Attachment {
    private final TcxLink link;
    private final Optional<Path> pin;
    private final boolean adopted;

    private TcxAttachment(TcxLink link, Optional<Path> pin, boolean adopted) {
        this.link = link;
        this.pin = pin;
        this.adopted = adopted;
    }

    /** Takes over the link that is pinned for this hook, or makes one and pins it. */
    static TcxAttachment attach(BpfProgram program, HookPlace place) {
        Optional<Path> pin = place.pin();
        Optional<TcxLink> left = pin.flatMap(path -> TcxLink.openPinned(path, place.interfaceName(), place.hook()));
        if (left.isPresent()) {
            if (left.get().isOn(place.ifindex(), place.hook())) {
                left.get().replace(program);
                return new TcxAttachment(left.get(), pin, true);
            }
            // Of an interface that is gone.
            left.get().close();
            Pins.remove(pin.get());
        }
        TcxLink link = TcxLink.attachFirst(program, place.ifindex(), place.interfaceName(), place.hook());
        try {
            pin.ifPresent(link::pin);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
        return new TcxAttachment(link, pin, false);
    }

    /** Takes off what is pinned for a hook, after the hook has been given to another way of attaching. */
    static void removeLeftover(HookPlace place) {
        Optional<Path> pin = place.pin();
        pin.flatMap(path -> TcxLink.openPinned(path, place.interfaceName(), place.hook()))
                .ifPresent(left -> {
                    left.close();
                    Pins.remove(pin.get());
                });
    }

    @Override
    public boolean isAttached() {
        return link.isAttached();
    }

    @Override
    public boolean restorePin() {
        if (pin.isEmpty() || Files.exists(pin.get())) {
            return false;
        }
        link.pin(pin.get());
        return true;
    }

    @Override
    public String method() {
        return "tcx";
    }

    @Override
    public boolean isAdopted() {
        return adopted;
    }

    @Override
    public void release() {
        link.release();
    }

    @Override
    public void close() {
        link.close();
        pin.ifPresent(Pins::remove);
    }
}
