package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.Unreachable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The lookouts of all datapaths that are open, as one. */
record JointLookout(List<Lookout> all) implements Lookout {
    @Override
    public boolean isIntact() {
        return all.stream().allMatch(Lookout::isIntact);
    }

    @Override
    public Unreachable takeUnreachable() {
        return all.stream().map(Lookout::takeUnreachable).reduce(Unreachable.NONE, Unreachable::plus);
    }

    @Override
    public Map<String, Duration> outages() {
        Map<String, Duration> outages = new HashMap<>();
        all.forEach(each -> each.outages().forEach((repair, time) -> outages.merge(repair, time, Duration::plus)));
        return outages;
    }
}
