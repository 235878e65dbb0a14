package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.interception.FoundInterface;
import java.util.List;
import java.util.Map;

/**
 * What listeners of annotated Services need of a datapath: the interfaces of the roles that they wait on
 * ({@link dev.udpfanout.loader.config.InterfaceRole}), and the program on each. For the control loop's thread.
 */
public interface RoleInterfaces {
    /** Where no listener waits on a role. */
    RoleInterfaces NONE = new RoleInterfaces() {
        @Override
        public void find(List<FoundInterface> found) {}

        @Override
        public boolean attachSome() {
            return false;
        }

        @Override
        public List<ServedInterface> served() {
            return List.of();
        }

        @Override
        public Map<String, String> unserved() {
            return Map.of();
        }
    };

    /** Which interfaces there are from now on; takes effect by {@link #attachSome}. */
    void find(List<FoundInterface> found);

    /**
     * Has programs on these interfaces and on no others, as far as that can be done in a short time: to attach one
     * takes some 10 ms.
     *
     * @return whether there is more to do
     */
    boolean attachSome();

    /** All that are found, and how each is served. */
    List<ServedInterface> served();

    /**
     * Listeners of Services for which there is no room or no memory at the moment, so that kube-proxy serves them: why,
     * by the listener's name.
     */
    Map<String, String> unserved();
}
