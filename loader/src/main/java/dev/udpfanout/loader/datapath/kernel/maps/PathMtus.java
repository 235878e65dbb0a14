package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.loader.config.ListenerConfig;

/**
 * How large IP packets may be: on the ways to a listener's endpoints, and on the interfaces that they come in by. All
 * in bytes, 0 where it is not known. An answer must stay the same while a plan is made of it.
 */
public interface PathMtus {
    /** Nothing is known: the FIB alone judges. */
    PathMtus UNKNOWN = new PathMtus() {
        @Override
        public int smallestOf(ListenerConfig listener) {
            return 0;
        }

        @Override
        public int ofInterface(int ifindex) {
            return 0;
        }
    };

    /** The largest packet that fits the ways to all endpoints of a listener. A mirror's do not count. */
    int smallestOf(ListenerConfig listener);

    /** The MTU of an interface. */
    int ofInterface(int ifindex);
}
