package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.loader.config.InterfaceRole;
import dev.udpfanout.loader.datapath.network.ReversePaths.Filter;
import java.util.Optional;

/**
 * Interfaces of one role for which the map LISTENERS says the same of a listener: a group of the map INTERFACE_GROUPS.
 *
 * @param role what comes in by them
 * @param filter how the IP stack judges the sources of what comes in by them
 */
public record RoleGroup(InterfaceRole role, Filter filter) {
    /** For each role there is room for as many filters. */
    private static final int FILTERS = 4;

    /** What stands for the group in place of an interface in a key of LISTENERS; the same for every daemon. */
    public int id() {
        return Limits.INTERFACE_GROUP | role.ordinal() * FILTERS + filter.ordinal();
    }

    /** The group that an id stands for; empty if it stands for an interface. */
    public static Optional<RoleGroup> of(int id) {
        if ((id & Limits.INTERFACE_GROUP) == 0) {
            return Optional.empty();
        }
        int number = id & ~Limits.INTERFACE_GROUP;
        InterfaceRole[] roles = InterfaceRole.values();
        Filter[] filters = Filter.values();
        return number / FILTERS < roles.length && number % FILTERS < filters.length
                ? Optional.of(new RoleGroup(roles[number / FILTERS], filters[number % FILTERS]))
                : Optional.empty();
    }
}
