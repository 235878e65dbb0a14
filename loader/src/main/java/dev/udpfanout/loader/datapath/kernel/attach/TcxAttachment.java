package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.HookProgram;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A program on a TCX hook: first in the chain, nobody else's to remove, and kept by a pin when the process ends. */
final class TcxAttachment implements Attachment {
    private final TcxLink link;
    private final HookPlace place;
    private final Optional<Path> pin;
    private final boolean adopted;

    private TcxAttachment(TcxLink link, HookPlace place, Optional<Path> pin, boolean adopted) {
        this.link = link;
        this.place = place;
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
                return new TcxAttachment(left.get(), place, pin, true);
            }
            // Of an interface that is gone.
            left.get().close();
            Pins.remove(pin.get());
        }
        return attachFirst(program, place);
    }

    private static TcxAttachment attachFirst(BpfProgram program, HookPlace place) {
        Optional<Path> pin = place.pin();
        TcxLink link = TcxLink.attachFirst(program, place.ifindex(), place.interfaceName(), place.hook());
        try {
            pin.ifPresent(link::pin);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
        return new TcxAttachment(link, place, pin, false);
    }

    /** Whether an earlier daemon's link is pinned for a hook, and holds it. */
    static boolean isLeft(HookPlace place) {
        Optional<TcxLink> left =
                place.pin().flatMap(path -> TcxLink.openPinned(path, place.interfaceName(), place.hook()));
        boolean isOn =
                left.filter(link -> link.isOn(place.ifindex(), place.hook())).isPresent();
        left.ifPresent(TcxLink::release);
        return isOn;
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

    /** {@code bpftool link detach} sends no message. */
    @Override
    public boolean isSilentlyGone() {
        return !link.isAttached();
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
    public int programId() {
        return link.programId();
    }

    @Override
    public List<HookProgram> before(Set<Integer> own) {
        int mine = programId();
        return TcxLink.programsOn(place.ifindex(), place.hook()).stream()
                .takeWhile(id -> id != mine)
                .filter(id -> !own.contains(id))
                .map(HookProgram::ofId)
                .toList();
    }

    @Override
    public boolean canMove(Set<Integer> own) {
        return !before(own).isEmpty();
    }

    @Override
    public Attachment moveFirst(BpfProgram instance) {
        // Whoever stops now finds one of the two pinned, or both gone with the process, and attaches anew.
        pin.ifPresent(Pins::remove);
        TcxAttachment first = attachFirst(instance, place);
        link.close();
        return first;
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
